//! Search over names and descriptions: a document for each thing that can be found, found by the
//! pairs of characters in it, then checked as a whole.

use diesel::dsl::exists;
use diesel::prelude::*;
use utoipa::IntoParams;

use super::dialect::{Backend, Conn, insert_many, on_each};
use super::schema::{search_areas, search_documents, search_grams};
use super::{Window, containing};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{HitKind, Visibility};
use crate::domain::fold::{self, Terms};
use crate::error::Result;

/// More pairs than this narrow a search no further, they only cost.
const GRAMS: usize = 12;

/// What more documents than this have is found as soon without the grams.
const RARE: i64 = 200;

/// What can be found of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Kind of the thing.
    pub kind: HitKind,
    /// Its code.
    pub key: String,
    /// Its name, as shown.
    pub name: String,
    /// Its code, names and aliases, folded: a hit here comes before a hit in the body.
    pub names: String,
    /// What else is said of it, as shown.
    pub body: String,
    /// Who may find it.
    pub visibility: Visibility,
    /// The areas that it is in; the first is shown.
    pub areas: Vec<AreaCode>,
}

/// A document as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = search_documents)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct DocumentRow {
    pub id: i64,
    pub kind: HitKind,
    pub key: String,
    pub name: String,
    pub body: String,
}

/// What is searched for, and where.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchFilter {
    /// What to look for: Chinese or Latin words, from one character; case and width are folded,
    /// spaces mean "and".
    #[param(required = true, example = "水库")]
    pub q: Terms,
    /// Kinds of things to find, repeated or comma-separated; all by default.
    #[param(example = json!(["project", "plan_item"]))]
    pub kinds: Vec<HitKind>,
    /// Only what is in this area or below. Metrics have no area.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
}

/// Place of a hit in the answer: hits in a name first (0), then in a description (1).
pub type HitKey = (u8, HitKind, String);

fn select(sight: Sight, filter: &SearchFilter) -> search_documents::BoxedQuery<'static, Backend> {
    let (first, last) = sight.internal.span();
    let in_reach = exists(
        search_areas::table
            .filter(search_areas::document.eq(search_documents::id))
            .filter(search_areas::area.between(first, last)),
    );
    // Metrics have no area.
    let metric = search_documents::kind
        .eq(HitKind::Metric)
        .and(search_documents::visibility.eq_any(sight.visibilities()));
    let mut query = search_documents::table
        .filter(search_documents::visibility.eq(Visibility::Public).or(in_reach).or(metric))
        .into_boxed();
    for gram in filter.q.iter().flat_map(fold::needed_grams).take(GRAMS) {
        query =
            query.filter(search_documents::id.eq_any(
                search_grams::table.filter(search_grams::gram.eq(gram)).select(search_grams::document),
            ));
    }
    for term in filter.q.iter() {
        query = query.filter(search_documents::folded.like(containing(term)).escape('\\'));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(search_documents::kind.eq_any(filter.kinds.clone()));
    }
    if let Some(within) = filter.within {
        let (first, last) = within.subtree().into_inner();
        query = query.filter(exists(
            search_areas::table
                .filter(search_areas::document.eq(search_documents::id))
                .filter(search_areas::area.between(first, last)),
        ));
    }
    query
}

/// Hits in names, then hits in descriptions, each in order of kind and code.
pub fn list(
    conn: &mut Conn,
    sight: Sight,
    filter: &SearchFilter,
    window: &Window<HitKey>,
) -> Result<Vec<(u8, DocumentRow)>> {
    let mut hits = Vec::new();
    let first = window.after.as_ref().map_or(0, |(rank, _, _)| *rank);
    for rank in first..=1 {
        let mut query = select(sight, filter);
        let mut named: Box<
            dyn BoxableExpression<search_documents::table, Backend, SqlType = diesel::sql_types::Bool>,
        > = Box::new(diesel::dsl::sql::<diesel::sql_types::Bool>("1 = 1"));
        for term in filter.q.iter() {
            named = Box::new(named.and(search_documents::folded_name.like(containing(term)).escape('\\')));
        }
        query = if rank == 0 { query.filter(named) } else { query.filter(diesel::dsl::not(named)) };
        if let Some((_, kind, key)) = window.after.as_ref().filter(|(after, _, _)| *after == rank) {
            query = query.filter(
                search_documents::kind
                    .gt(*kind)
                    .or(search_documents::kind.eq(*kind).and(search_documents::key.gt(key.clone()))),
            );
        }
        let rows: Vec<DocumentRow> = query
            .select(DocumentRow::as_select())
            .order((search_documents::kind, search_documents::key))
            .limit(window.limit - hits.len() as i64)
            .load(conn)?;
        hits.extend(rows.into_iter().map(|row| (rank, row)));
    }
    Ok(hits)
}

/// How many things the search finds.
pub fn count(conn: &mut Conn, sight: Sight, filter: &SearchFilter) -> Result<i64> {
    Ok(select(sight, filter).count().get_result(conn)?)
}

/// The first area of each of these documents that has one.
pub fn first_areas(conn: &mut Conn, documents: Vec<i64>) -> Result<Vec<(i64, AreaCode)>> {
    Ok(search_areas::table
        .filter(search_areas::document.eq_any(documents))
        .filter(search_areas::ordinal.eq(1))
        .select((search_areas::document, search_areas::area))
        .load(conn)?)
}

/// A gram that is in all that contains these terms, and in few documents; none where each is in many.
pub(super) fn rare_gram(conn: &mut Conn, terms: &Terms) -> Result<Option<String>> {
    use search_grams::{document, gram};
    for needed in terms.iter().flat_map(fold::needed_grams).take(GRAMS) {
        let one_more: Option<i64> = on_each!(conn, conn => search_grams::table
            .filter(gram.eq(&needed))
            .order(document)
            .select(document)
            .offset(RARE)
            .limit(1)
            .get_result(conn))
        .optional()?;
        if one_more.is_none() {
            return Ok(Some(needed));
        }
    }
    Ok(None)
}

/// Takes a thing out of the search.
pub fn forget(conn: &mut Conn, kind: HitKind, key: &str) -> Result<()> {
    use search_documents as docs;
    diesel::delete(docs::table.filter(docs::kind.eq(kind)).filter(docs::key.eq(key))).execute(conn)?;
    Ok(())
}

/// Makes a thing findable by its new words, where they are others than before.
pub fn replace(conn: &mut Conn, before: &Document, after: &Document) -> Result<()> {
    if before == after {
        return Ok(());
    }
    forget(conn, before.kind, &before.key)?;
    index(conn, after)
}

/// Makes a new thing findable.
pub fn index(conn: &mut Conn, document: &Document) -> Result<()> {
    use search_documents as docs;
    let folded = format!("{} {}", document.names, fold::fold(&document.body));
    let id: i64 = diesel::insert_into(docs::table)
        .values((
            docs::kind.eq(document.kind),
            docs::key.eq(&document.key),
            docs::name.eq(&document.name),
            docs::folded_name.eq(&document.names),
            docs::body.eq(&document.body),
            docs::folded.eq(&folded),
            docs::visibility.eq(document.visibility),
        ))
        .returning(docs::id)
        .get_result(conn)?;
    let places = (1i64..).zip(&document.areas).map(|(ordinal, area)| {
        (search_areas::document.eq(id), search_areas::ordinal.eq(ordinal), search_areas::area.eq(area))
    });
    insert_many!(conn, search_areas::table, places.collect::<Vec<_>>())?;
    let grams: Vec<_> = fold::grams(&folded)
        .into_iter()
        .map(|gram| (search_grams::gram.eq(gram), search_grams::document.eq(id)))
        .collect();
    // A statement takes a limited number of parameters: 32,766 on SQLite, 65,535 on PostgreSQL.
    for batch in grams.chunks(5000) {
        on_each!(conn, conn => diesel::insert_into(search_grams::table).values(batch).execute(conn))?;
    }
    Ok(())
}
