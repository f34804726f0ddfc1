//! Drafts of reports.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Draft, check_code, fault, folded};
use crate::db::facts::{self, FactRow};
use crate::db::ledger::{Edited, Entry};
use crate::db::reports::{self, ReportRow};
use crate::db::sight::Moment;
use crate::db::{Conn, Window};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::citation::Citation;
use crate::domain::code::Code;
use crate::domain::hash;
use crate::domain::instant::Instant;
use crate::domain::period::Period;
use crate::domain::prose::{self, Span};
use crate::domain::text::{Name, Url, WholeText, plain};
use crate::error::{Error, Fault, Invalid, Result};
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, Refers};

/// A report, with its text where the operator has it.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = ReportInput)]
pub struct ReportDraft {
    #[schema(value_type = Code)]
    pub code: String,
    pub title: Name,
    pub document_number: Option<Name>,
    pub issuer: Option<AreaCode>,
    pub published_at: Instant,
    pub url: Option<Url>,
    pub period: Option<Period>,
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    pub sha256: Option<String>,
    /// The whole text, which citations quote by its places: it is kept as it is given, but with LF for CRLF line
    /// ends. Read it at `/reports/{code}/text`.
    #[schema(write_only)]
    pub text: Option<WholeText>,
}

impl HandedIn for ReportDraft {}

impl Draft for ReportDraft {
    const REFERENCES: References = &[("issuer", Refers::Area)];

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(reports::get(conn, &self.code)?.is_some())
    }

    fn edited(&self) -> Option<Edited> {
        Some(reports::edited(&self.code))
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_code(&self.code)?;
        let text = self.text();
        let row = self.row(entry, text.as_deref())?;
        reports::insert(entry, &row, text.as_deref())
    }
}

impl ReportDraft {
    /// Puts the report in the place of what it was, with the text that it had.
    ///
    /// Errors: `Invalid` with the members that break a rule, and when a citation does not hold in the new
    /// text: text and citations would contradict each other.
    pub fn update(&self, entry: &mut Entry<'_>, before: &ReportRow, old_text: Option<&str>) -> Result<()> {
        let text = self.text();
        let row = self.row(entry, text.as_deref())?;
        if let Some(text) = text.as_deref().filter(|text| Some(*text) != old_text) {
            self.check_cited(entry, text)?;
        }
        reports::update(entry, (before, old_text), (&row, text.as_deref()))
    }

    /// The text with LF line ends.
    fn text(&self) -> Option<String> {
        self.text.as_ref().map(|text| text.replace("\r\n", "\n"))
    }

    fn row(&self, entry: &Entry<'_>, text: Option<&str>) -> Result<ReportRow> {
        let sha256 = self.sha256.as_ref().map(|hash| hash.to_lowercase());
        let digits = |hash: &String| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if sha256.as_ref().is_some_and(|hash| !digits(hash)) {
            return refuse("sha256", "应为 64 位十六进制数字", "has 64 hexadecimal digits");
        }
        let found = text.map(|text| hash::sha256(&[text.as_bytes()]));
        if let (Some(found), Some(stated)) = (&found, &sha256)
            && found != stated
        {
            let zh = format!("正文的 SHA-256 是 {found}，与所填不符");
            return refuse("sha256", zh, format!("the text's SHA-256 is {found}"));
        }
        let ReportDraft {
            code,
            title,
            document_number,
            issuer,
            published_at,
            url,
            period,
            sha256: _,
            text: _,
        } = self.clone();
        Ok(ReportRow {
            folded: folded([code.as_str(), &title].into_iter().chain(document_number.as_deref())),
            code,
            title: title.into(),
            document_number: plain(document_number),
            issuer,
            published_at: published_at.utc(),
            url: plain(url),
            period,
            sha256: sha256.or(found),
            seq: entry.seq,
            updated_at: entry.at,
        })
    }

    /// Checks that all that is cited stands in the text at its place. Whoever changes a report covers all who
    /// cite it, and sees them.
    fn check_cited(&self, entry: &mut Entry<'_>, text: &str) -> Result<()> {
        let paragraphs = prose::paragraphs(text);
        let moment = Moment::new(Sight::ALL, None, entry.at);
        let all = Window { after: None, limit: i64::MAX };
        let mut facts = facts::list(entry.conn, &self.code, moment, &all)?;
        facts.retain(|fact| cited(fact).is_some_and(|(span, words)| !prose::holds(&paragraphs, span, words)));
        let faults: Vec<Fault> = facts.iter().filter_map(told).collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }
}

fn cited(fact: &FactRow) -> Option<(Span, &str)> {
    let &Citation { paragraph, start, end, ref words } = fact.citation.as_ref()?;
    Some((Span { paragraph, start, end }, words))
}

/// A citation that the text does not have in its place.
fn told(fact: &FactRow) -> Option<Fault> {
    let (Span { start, end, .. }, words) = cited(fact)?;
    let (kind, code) = (fact.key.kind, &fact.key.code);
    let zh = format!("{kind} {code} 引用 {start}–{end} 的“{words}”，新正文的该处不是");
    let en = format!("{kind} {code} cites “{words}” at {start} to {end}, which the text does not have there");
    Some(fault("text", Invalid::new("citation_mismatch", zh, en)))
}

fn refuse<T>(member: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Result<T> {
    Err(Error::from(fault(member, Invalid::new(member, zh, en))))
}
