//! Drafts of reports.

use chrono::{DateTime, FixedOffset, SubsecRound};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Draft, check_code, check_text, fault, folded, missing_area};
use crate::db::Conn;
use crate::db::ledger::Entry;
use crate::db::reports::{self, ReportRow};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::period::Period;
use crate::error::{Invalid, Result};

/// A report, with its text where the operator has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct ReportDraft {
    pub code: String,
    pub title: String,
    pub document_number: Option<String>,
    pub issuer: Option<AreaCode>,
    pub published_at: DateTime<FixedOffset>,
    pub url: Option<String>,
    pub period: Option<Period>,
    pub sha256: Option<String>,
    pub text: Option<String>,
}

impl Draft for ReportDraft {
    fn missing(&self, conn: &mut Conn, _: Sight) -> Result<Option<(&'static str, String)>> {
        Ok(missing_area(conn, self.issuer.as_slice())?.map(|key| ("issuer", key)))
    }

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(reports::get(conn, &self.code)?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_code(&self.code)?;
        check_text("title", &self.title)?;
        let text = self.text.as_ref().map(|text| text.replace("\r\n", "\n"));
        let found = text.as_ref().map(|text| hexadecimal(&Sha256::digest(text.as_bytes())));
        if let (Some(found), Some(stated)) = (&found, &self.sha256)
            && found != stated
        {
            let zh = format!("正文的 SHA-256 是 {found}，与所填不符");
            return Err(fault(
                "sha256",
                Invalid::new("sha256", zh, format!("the text's SHA-256 is {found}")),
            )
            .into());
        }
        let ReportDraft { code, title, document_number, issuer, published_at, url, period, sha256, text: _ } =
            self.clone();
        let row = ReportRow {
            folded: folded([code.as_str(), &title].into_iter().chain(document_number.as_deref())),
            code,
            title,
            document_number,
            issuer,
            published_at: published_at.naive_utc().trunc_subsecs(0),
            url,
            period: period.map(|period| period.to_string()),
            sha256: sha256.or(found),
            seq: entry.seq,
            updated_at: entry.at,
        };
        reports::insert(entry, &row, text.as_deref())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
