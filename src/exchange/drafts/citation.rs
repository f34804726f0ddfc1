//! Drafts of citations: checked against the text of the report where the service has it, and located in it
//! when only the words are given.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::fault;
use crate::db::{Conn, reports};
use crate::domain::citation::Citation;
use crate::domain::prose::{self, Span};
use crate::domain::text::Quote;
use crate::error::{Error, Invalid, Result};

/// Where in a report something is said; the meaning is that of the wire type of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CitationInput)]
pub struct CitationDraft {
    /// Number of the paragraph, from 1.
    #[schema(minimum = 1)]
    pub paragraph: Option<i64>,
    /// First character, from 0.
    #[schema(minimum = 0)]
    pub start: Option<i64>,
    /// The character after the last.
    #[schema(minimum = 1)]
    pub end: Option<i64>,
    /// The words from first to last.
    pub words: Quote,
}

/// The citation of a row, which only one with a report can have.
///
/// Errors: as those of [`cited_in`].
pub(super) fn citation(
    conn: &mut Conn,
    report: Option<&str>,
    citation: Option<&CitationDraft>,
) -> Result<Option<Citation>> {
    Texts::of(conn, [(report, citation)])?.citation(report, citation)
}

/// The texts of reports that rows cite, looked up for all of them together.
#[derive(Debug)]
pub(super) struct Texts(HashMap<String, String>);

impl Texts {
    /// The texts that these citations are of, each beside the report of its row.
    pub(super) fn of<'a>(
        conn: &mut Conn,
        cited: impl IntoIterator<Item = (Option<&'a str>, Option<&'a CitationDraft>)>,
    ) -> Result<Texts> {
        let cited = cited.into_iter().filter_map(|(report, cited)| cited.and(report));
        let cited: BTreeSet<String> = cited.map(str::to_owned).collect();
        Ok(Texts(reports::texts(conn, cited.into_iter().collect())?.into_iter().collect()))
    }

    /// The citation of one of these rows.
    ///
    /// Errors: as those of [`cited_in`].
    pub(super) fn citation(
        &self,
        report: Option<&str>,
        citation: Option<&CitationDraft>,
    ) -> Result<Option<Citation>> {
        let text = report.and_then(|code| self.0.get(code));
        cited_in(report, text.map(String::as_str), citation)
    }
}

/// The citation of a row, of whose report the text may be there.
///
/// Errors: `Invalid` when the words do not stand in the report's text where the citation says, when the
/// text has them nowhere, or when it has them several times and the citation does not say which is meant.
fn cited_in(
    report: Option<&str>,
    text: Option<&str>,
    citation: Option<&CitationDraft>,
) -> Result<Option<Citation>> {
    let Some(cited) = citation else { return Ok(None) };
    if report.is_none() {
        return refuse("citation_without_report", "引文需要 report", "a citation needs a report");
    }
    let Span { paragraph, start, end } = match text {
        Some(text) => cited.located(text)?,
        None => cited.stated()?,
    };
    Ok(Some(Citation { paragraph, start, end, words: cited.words.to_string() }))
}

impl CitationDraft {
    /// The one place in the text that it can mean.
    fn located(&self, text: &str) -> Result<Span> {
        let CitationDraft { paragraph, start, end, words } = self;
        let meant = |span: &Span| {
            [(paragraph, span.paragraph), (start, span.start), (end, span.end)]
                .into_iter()
                .all(|(said, found)| said.is_none_or(|said| said == found))
        };
        let paragraphs = prose::paragraphs(text);
        let mut found = paragraphs.iter().flat_map(|paragraph| paragraph.find(words)).filter(meant);
        match (found.next(), found.next()) {
            (Some(span), None) => Ok(span),
            (Some(_), Some(_)) => refuse(
                "citation_ambiguous",
                format!("正文中不止一处有“{words}”；请给出 paragraph、start 和 end，或更长的原文"),
                format!("“{words}” stands more than once in the text; give the place or more of the words"),
            ),
            (None, _) if paragraph.is_none() && start.is_none() && end.is_none() => refuse(
                "citation_not_found",
                format!("正文中没有“{words}”"),
                format!("“{words}” does not stand in the text"),
            ),
            (None, _) => refuse(
                "citation_mismatch",
                format!("正文的该处不是“{words}”"),
                format!("the text does not have “{words}” at that place"),
            ),
        }
    }

    /// The place that it says, where there is no text to look into.
    fn stated(&self) -> Result<Span> {
        let needed = |member: &str, said: Option<i64>| {
            let (zh, en) =
                ("没有该文献的正文，须填", "is needed: the service does not have the report's text");
            said.ok_or_else(|| fault(&format!("citation/{member}"), Invalid::new("missing", zh, en)))
        };
        let paragraph = needed("paragraph", self.paragraph)?;
        let (start, end) = (needed("start", self.start)?, needed("end", self.end)?);
        let length = prose::length(&self.words);
        if paragraph < 1 || start < 0 || start.checked_add(length) != Some(end) {
            return refuse(
                "citation_range",
                format!("引文位置 {start}–{end} 与“{}”的字数不符", self.words),
                format!("characters {start} to {end} do not hold the {length} of “{}”", self.words),
            );
        }
        Ok(Span { paragraph, start, end })
    }
}

fn refuse<T>(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Result<T> {
    Err(Error::from(fault("citation", Invalid::new(code, zh, en))))
}

/// Takes the place out of a citation whose words are changed: it was that of the old words.
pub fn relocate(cited: &mut Map<String, Value>, changes: &Map<String, Value>) {
    if cited.contains_key("words") && changes.contains_key("words") {
        cited.retain(|name, _| !["paragraph", "start", "end"].contains(&name.as_str()));
    }
}
