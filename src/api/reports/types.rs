//! Reports, citations and facts as they go over the wire.

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::changes::Changes;
use crate::api::body::rows::{New, Writable};
use crate::db::facts::{FactKey, FactKind, FactRow};
use crate::db::reports::ReportRow;
use crate::domain::area_code::AreaCode;
use crate::domain::citation::Citation;
use crate::domain::period::Period;
use crate::domain::prose::{self, Span};
use crate::domain::zone;
use crate::exchange::drafts::report::ReportDraft;
use crate::exchange::table::Tabular;

/// A document 文献 that figures are taken from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Report {
    /// Code.
    #[schema(example = "bishi-2022", pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Title.
    pub title: String,
    /// Document number 文号; null when it has none.
    pub document_number: Option<String>,
    /// Code of the area whose government issued it; null when another body did.
    pub issuer: Option<AreaCode>,
    /// When it was published.
    pub published_at: DateTime<FixedOffset>,
    /// Address of the publication, http or https; null when not known.
    #[schema(pattern = "^https?://")]
    pub url: Option<String>,
    /// Period that it reports on; null when none in particular.
    #[schema(example = "2022")]
    pub period: Option<Period>,
    /// SHA-256 of its text in UTF-8 with LF line ends, in hexadecimal; null when not known.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: Option<String>,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// A report as a body: all of it with its text, for POST.
pub type ReportInput = New<ReportDraft>;

/// Changes of a report, for PATCH.
pub type ReportChanges = Changes<ReportDraft>;

impl Writable for ReportDraft {
    type Answer = Report;
    const KEY: &'static [&'static str] = &["code"];
}

/// A report with its text, as changes are laid on it.
#[derive(Debug, Serialize)]
pub struct WholeReport {
    /// The report.
    #[serde(flatten)]
    pub report: Report,
    /// Its text, where the operator has given it.
    pub text: Option<String>,
}

impl Tabular for Report {}

impl From<ReportRow> for Report {
    fn from(row: ReportRow) -> Report {
        let ReportRow {
            code,
            title,
            document_number,
            issuer,
            published_at,
            url,
            period,
            sha256,
            folded: _,
            seq,
            updated_at,
        } = row;
        Report {
            code,
            title,
            document_number,
            issuer,
            published_at: zone::local(published_at),
            url,
            period,
            sha256,
            seq,
            updated_at: updated_at.and_utc(),
        }
    }
}

/// The text of a report, as the operator gave it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportText {
    /// Code of the report.
    pub report: String,
    /// SHA-256 of the text in UTF-8, in hexadecimal.
    pub sha256: Option<String>,
    /// The whole text with LF line ends.
    pub text: String,
    /// Its paragraphs: the lines that hold more than white space.
    pub paragraphs: Vec<Paragraph>,
}

/// One paragraph of a report's text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Paragraph {
    /// Number of the paragraph, from 1.
    #[schema(minimum = 1)]
    pub paragraph: i64,
    /// Its first character, in Unicode code points of the whole text, from 0.
    pub start: i64,
    /// The character after its last.
    pub end: i64,
    /// Its text.
    pub text: String,
}

impl From<prose::Paragraph<'_>> for Paragraph {
    fn from(paragraph: prose::Paragraph<'_>) -> Paragraph {
        let prose::Paragraph { span: Span { paragraph, start, end }, text } = paragraph;
        Paragraph { paragraph, start, end, text: text.to_owned() }
    }
}

/// A row that cites a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fact {
    /// Kind of the row. A budget, a source of funding, a quantity and a milestone belong to a
    /// project.
    pub kind: FactKind,
    /// Code of the row or of what it belongs to: the id of an observation, the code of a project or
    /// plan item, the code of a highlight's area.
    #[schema(example = "17")]
    pub code: String,
    /// What it speaks of: the metric's name, the project's, the plan item's title, and so on.
    #[schema(example = "拆除违章建筑面积")]
    pub name: String,
    /// The figure in words; null when the row holds none.
    #[schema(example = "3580平方米")]
    pub text: Option<String>,
    /// The area that it speaks of, where the row has exactly one; else null.
    pub area: Option<AreaCode>,
    /// Where the report says so; null when the report as a whole is cited.
    pub citation: Option<Citation>,
    /// The sentence around the citation; null when the service does not have the report's text.
    pub sentence: Option<String>,
    /// Place in the list.
    #[serde(skip)]
    pub key: FactKey,
}

impl Tabular for Fact {}

impl Fact {
    /// A fact, with its sentence where the text of the report is at hand.
    pub fn new(row: FactRow, report_text: Option<&str>) -> Fact {
        let FactRow { key, name, text, area, citation } = row;
        let sentence = report_text.zip(citation.as_ref()).map(|(text, citation)| sentence(text, citation));
        Fact { kind: key.kind, code: key.code.clone(), name, text, area, citation, sentence, key }
    }
}

/// The sentence of a text around a citation.
fn sentence(text: &str, citation: &Citation) -> String {
    const ENDS: [char; 5] = ['。', '！', '？', '；', '\n'];
    let at = |index: i64| usize::try_from(index).unwrap_or(0);
    let chars: Vec<char> = text.chars().collect();
    let (start, end) = (at(citation.start).min(chars.len()), at(citation.end).min(chars.len()));
    let from = chars[..start].iter().rposition(|sign| ENDS.contains(sign)).map_or(0, |sign| sign + 1);
    let to = chars[end..].iter().position(|sign| ENDS.contains(sign)).map_or(chars.len(), |sign| end + sign);
    let to = if chars.get(to).is_some_and(|&sign| sign != '\n') { to + 1 } else { to };
    chars[from..to].iter().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_cut_at_its_ends() {
        let citation = Citation { paragraph: 1, start: 5, end: 7, words: "三四".to_owned() };
        assert_eq!(sentence("一二。三三三四五。六", &citation), "三三三四五。");
    }
}
