//! Everything that cites a report, in the order of its text, as far as the reader may see it.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};

use super::Window;
use super::dialect::Conn;
use super::observations::RevisionCitation;
use super::schema::{
    area_highlights, metrics, milestones, observations, plan_items, project_amounts, projects, revisions,
};
use super::sight::{Moment, current, plan_item_visible, project_visible};
use crate::domain::area_code::AreaCode;
use crate::domain::citation::Citation;
use crate::domain::codes::{AmountKind, codes};
use crate::error::Result;

codes! {
    /// What kind of row cites a report.
    FactKind ("引用类型", "fact kind") {
        Budget = "budget" ("预算", "The budget of a project"),
        Funding = "funding" ("资金来源", "A source of funding of a project"),
        Highlight = "highlight" ("亮点", "A highlight of an area"),
        Milestone = "milestone" ("节点", "A milestone of a project"),
        Observation = "observation" ("观测值", "An observation"),
        PlanItem = "plan_item" ("计划事项", "A plan item"),
        Project = "project" ("项目", "A project"),
        Quantity = "quantity" ("工程量", "A quantity of a project"),
    }
}

/// Place of a fact: its start in the text, then its kind, its code and its place under that code.
/// What cites the report as a whole stands at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FactKey {
    /// First character of the citation, from 0.
    pub start: i64,
    /// Kind of the row.
    pub kind: FactKind,
    /// Code of the row, or of what it belongs to.
    pub code: String,
    /// Place of the row among those of that code.
    pub ordinal: i64,
}

/// A row that cites a report.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the wire type describes them")]
pub struct FactRow {
    pub key: FactKey,
    pub name: String,
    pub text: Option<String>,
    pub area: Option<AreaCode>,
    pub citation: Option<Citation>,
}

type Columns = (String, i64, String, Option<String>, Option<AreaCode>, RevisionCitation);

/// Facts about a report in the order of its text.
pub fn list(conn: &mut Conn, report: &str, moment: Moment, window: &Window<FactKey>) -> Result<Vec<FactRow>> {
    let reach = moment.sight.internal;
    let mut facts: Vec<FactRow> = Vec::new();
    macro_rules! gather {
        ($kind:expr, $table:ident, $from:expr, ($code:expr, $ordinal:expr, $name:expr, $text:expr, $area:expr)) => {{
            let start = || {
                sql::<BigInt>(concat!("COALESCE(", stringify!($table), ".cite_start, 9223372036854775807)"))
            };
            let mut query = $from.filter($table::report.eq(report.to_owned())).into_boxed();
            if let Some(after) = window.after.clone() {
                query = if $kind > after.kind {
                    query.filter(start().ge(after.start))
                } else if $kind < after.kind {
                    query.filter(start().gt(after.start))
                } else {
                    query.filter(start().gt(after.start).or(start().eq(after.start).and(
                        $code.gt(after.code.clone()).or($code.eq(after.code).and($ordinal.gt(after.ordinal))),
                    )))
                };
            }
            let rows: Vec<Columns> = query
                .select((
                    $code,
                    $ordinal,
                    $name,
                    $text,
                    $area,
                    // Read alike from every table.
                    ($table::cite_paragraph, $table::cite_start, $table::cite_end, $table::cite_words),
                ))
                .order((start(), $code, $ordinal))
                .limit(window.limit)
                .load(conn)?;
            facts.extend(rows.into_iter().map(|row| fact($kind, row)));
        }};
    }
    let none = || sql::<diesel::sql_types::Nullable<BigInt>>("CAST(NULL AS BIGINT)");
    let no_text = || sql::<diesel::sql_types::Nullable<diesel::sql_types::Text>>("CAST(NULL AS TEXT)");
    let only = || sql::<BigInt>("CAST(0 AS BIGINT)");

    gather!(
        FactKind::Observation,
        revisions,
        revisions::table
            .inner_join(observations::table.on(observations::id.eq(revisions::observation)))
            .inner_join(metrics::table.on(metrics::code.eq(observations::metric)))
            .filter(current(moment)),
        (
            sql::<diesel::sql_types::Text>("CAST(observations.id AS TEXT)"),
            observations::id,
            metrics::name,
            revisions::text,
            observations::area.nullable()
        )
    );
    gather!(
        FactKind::Project,
        projects,
        projects::table.filter(project_visible(reach)),
        (projects::code, only(), projects::name, no_text(), none())
    );
    let amounts = |kind: AmountKind| {
        project_amounts::table
            .inner_join(projects::table.on(projects::code.eq(project_amounts::project)))
            .filter(project_visible(reach))
            .filter(project_amounts::kind.eq(kind))
    };
    gather!(
        FactKind::Budget,
        project_amounts,
        amounts(AmountKind::Budget),
        (project_amounts::project, project_amounts::ordinal, projects::name, project_amounts::text, none())
    );
    for (kind, amount) in
        [(FactKind::Funding, AmountKind::Funding), (FactKind::Quantity, AmountKind::Quantity)]
    {
        gather!(
            kind,
            project_amounts,
            amounts(amount),
            (
                project_amounts::project,
                project_amounts::ordinal,
                project_amounts::name,
                project_amounts::text,
                none()
            )
        );
    }
    gather!(
        FactKind::Milestone,
        milestones,
        milestones::table
            .inner_join(projects::table.on(projects::code.eq(milestones::project)))
            .filter(project_visible(reach)),
        (milestones::project, milestones::ordinal, milestones::title, no_text(), none())
    );
    gather!(
        FactKind::PlanItem,
        plan_items,
        plan_items::table.filter(plan_item_visible(reach)),
        (plan_items::code, only(), plan_items::title, no_text(), none())
    );
    gather!(
        FactKind::Highlight,
        area_highlights,
        // Every highlight is public; the filter only gives this query the shape of the others.
        area_highlights::table.filter(area_highlights::ordinal.ge(0)),
        (
            sql::<diesel::sql_types::Text>("CAST(area_highlights.area AS TEXT)"),
            area_highlights::ordinal,
            area_highlights::text,
            no_text(),
            area_highlights::area.nullable()
        )
    );

    facts.sort_by(|a, b| a.key.cmp(&b.key));
    facts.truncate(usize::try_from(window.limit).unwrap_or(usize::MAX));
    Ok(facts)
}

fn fact(kind: FactKind, row: Columns) -> FactRow {
    let (code, ordinal, name, text, area, cited) = row;
    let citation = Option::<Citation>::from(cited);
    let start = citation.as_ref().map_or(i64::MAX, |citation| citation.start);
    let key = FactKey { start, kind, code, ordinal };
    FactRow { key, name, text, area, citation }
}

/// How many rows cite a report.
pub fn count(conn: &mut Conn, report: &str, moment: Moment) -> Result<i64> {
    Ok(list(conn, report, moment, &Window { after: None, limit: i64::MAX })?.len() as i64)
}
