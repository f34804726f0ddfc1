//! Drafts of areas, with what they are known for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::citation::{CitationDraft, Texts};
use super::{Draft, fault, folded};
use crate::db::Conn;
use crate::db::areas::{self, AreaRow, HighlightRow, Parts};
use crate::db::columns::list;
use crate::db::ledger::{Edited, Entry};
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{AreaKind, HighlightKind, Level};
use crate::domain::decimal::Decimal;
use crate::domain::partial_date::PartialDate;
use crate::domain::text::{Name, plain};
use crate::error::{Invalid, Result};
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, Refers};

/// A point in degrees.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = PointInput)]
pub struct PointDraft {
    #[schema(value_type = f64, minimum = -180, maximum = 180)]
    pub lon: Decimal,
    #[schema(value_type = f64, minimum = -90, maximum = 90)]
    pub lat: Decimal,
}

/// An administrative division.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = AreaInput)]
pub struct AreaDraft {
    pub code: AreaCode,
    pub name: Name,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub aliases: Vec<Name>,
    pub level: Level,
    pub kind: AreaKind,
    pub parent: Option<AreaCode>,
    pub code_system: Name,
    #[schema(value_type = Option<String>, pattern = "^[0-9]{3}$")]
    pub urban_rural_class: Option<Name>,
    pub valid_from: Option<PartialDate>,
    pub valid_to: Option<PartialDate>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub successors: Vec<AreaCode>,
    pub point: Option<PointDraft>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub highlights: Vec<KnownFor>,
}

impl HandedIn for AreaDraft {}

impl Draft for AreaDraft {
    const REFERENCES: References =
        &[("parent", Refers::Area), ("successors", Refers::Area), ("highlights/report", Refers::Report)];

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.to_string())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(areas::get(conn, self.code)?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        let (row, parts) = self.rows(entry)?;
        areas::insert(entry, &row, &parts)
    }
}

impl AreaDraft {
    /// The rows of the area and of what is part of it.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn rows(&self, entry: &mut Entry<'_>) -> Result<(AreaRow, Parts)> {
        self.check()?;
        let cited = self.highlights.iter().map(|known| (known.report.as_deref(), known.citation.as_ref()));
        let texts = Texts::of(entry.conn, cited)?;
        let mut rows = Vec::new();
        for (place, highlight) in self.highlights.iter().enumerate() {
            let told_of = |error: crate::error::Error| error.inside(place).inside("highlights");
            let told_before = |row: &HighlightRow| row.kind == highlight.kind && *row.text == *highlight.text;
            if rows.iter().any(told_before) {
                let invalid = Invalid::new("named_twice", "与前面的亮点相同", "is named twice");
                return Err(told_of(fault("text", invalid).into()));
            }
            let ordinal = i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1);
            rows.push(highlight.row(&texts, self.code, ordinal).map_err(told_of)?);
        }
        let AreaDraft {
            code,
            name,
            aliases,
            level,
            kind,
            parent,
            code_system,
            urban_rural_class,
            valid_from,
            valid_to,
            mut successors,
            point,
            highlights: _,
        } = self.clone();
        let number = code.to_string();
        let words = [number.as_str(), &name].into_iter().chain(aliases.iter().map(Name::as_str));
        let row = AreaRow {
            folded: folded(words),
            code,
            name: name.into(),
            aliases: list(&aliases)?,
            level,
            kind,
            parent,
            code_system: code_system.into(),
            urban_rural_class: plain(urban_rural_class),
            valid_from,
            valid_to,
            lon: point.as_ref().map(|point| point.lon),
            lat: point.as_ref().map(|point| point.lat),
            seq: entry.seq,
            updated_at: entry.at,
        };
        successors.sort();
        Ok((row, Parts { successors, highlights: rows }))
    }

    fn check(&self) -> Result<()> {
        let refuse =
            |member: &str, code, zh: &str, en: &str| Err(fault(member, Invalid::new(code, zh, en)).into());
        if !self.kind.fits(self.level) {
            return refuse("kind", "area_kind", "类型与层级不符", "does not go with the level");
        }
        let lies_in =
            |parent: AreaCode| parent != self.code && parent.subtree().contains(&self.code.as_i64());
        if self.parent.is_some_and(|parent| !lies_in(parent)) {
            return refuse("parent", "area_parent", "上级区划不包含该代码", "does not contain the code");
        }
        let digits = |class: &Name| class.len() == 3 && class.bytes().all(|byte| byte.is_ascii_digit());
        if self.urban_rural_class.as_ref().is_some_and(|class| !digits(class)) {
            return refuse("urban_rural_class", "urban_rural_class", "应为三位数字", "has three digits");
        }
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && from.first_day() > to.last_day()
        {
            return refuse("valid_to", "valid_to", "早于 valid_from", "lies before valid_from");
        }
        if self.successors.contains(&self.code) {
            return refuse("successors", "own_successor", "不能是自身", "cannot be the area itself");
        }
        if self.successors.iter().collect::<BTreeSet<_>>().len() < self.successors.len() {
            return refuse("successors", "named_twice", "有重复", "names an area twice");
        }
        Ok(())
    }
}

/// One thing that an area is known for, as a part of the area.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = HighlightInput)]
pub struct KnownFor {
    pub kind: HighlightKind,
    pub text: Name,
    pub since: Option<PartialDate>,
    #[schema(value_type = Option<Code>)]
    pub report: Option<Name>,
    pub citation: Option<CitationDraft>,
}

impl KnownFor {
    fn row(&self, texts: &Texts, area: AreaCode, ordinal: i64) -> Result<HighlightRow> {
        let KnownFor { kind, text, since, report, citation: cited } = self.clone();
        let citation = texts.citation(report.as_deref(), cited.as_ref())?;
        let (text, report) = (text.into(), plain(report));
        Ok(HighlightRow { area, ordinal, kind, text, since, report, cited: citation.into() })
    }
}

/// One thing that an area is known for, in a file of its own.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct HighlightDraft {
    pub area: AreaCode,
    pub kind: HighlightKind,
    pub text: Name,
    pub since: Option<PartialDate>,
    #[schema(value_type = Option<Code>)]
    pub report: Option<Name>,
    pub citation: Option<CitationDraft>,
}

impl HandedIn for HighlightDraft {}

impl Draft for HighlightDraft {
    const REFERENCES: References = &[("area", Refers::Area), ("report", Refers::Report)];

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(format!("{} {} {}", self.area, self.kind, self.text))
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        let known = areas::highlights(conn, &[self.area])?;
        Ok(known.iter().any(|highlight| highlight.kind == self.kind && *highlight.text == *self.text))
    }

    fn edited(&self) -> Option<Edited> {
        Some(areas::edited_highlight(self.area, self.kind, &self.text))
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        let last =
            areas::highlights(entry.conn, &[self.area])?.last().map_or(0, |highlight| highlight.ordinal);
        let HighlightDraft { area, kind, text, since, report, citation } = self.clone();
        let texts = Texts::of(entry.conn, [(report.as_deref(), citation.as_ref())])?;
        let row = KnownFor { kind, text, since, report, citation }.row(&texts, area, last + 1)?;
        areas::insert_highlight(entry, &row)
    }
}
