//! Drafts of what belongs to a project and is written with it: its budget, its funding and its quantities.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::citation::{CitationDraft, Texts};
use super::numbered;
use super::quantity::StatedDraft;
use crate::db::Conn;
use crate::db::projects::money::AmountRow;
use crate::domain::codes::{AmountKind, Role};
use crate::domain::period::Period;
use crate::domain::text::{Name, plain};
use crate::domain::unit::Unit;
use crate::error::Result;

/// What a project is to cost.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = BudgetInput)]
pub struct BudgetDraft {
    pub quantity: StatedDraft,
    pub citation: Option<CitationDraft>,
}

/// One source of a project's money.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = FundingInput)]
pub struct FundingDraft {
    pub source: Name,
    pub quantity: StatedDraft,
    pub citation: Option<CitationDraft>,
}

/// One quantity of a project.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = NamedQuantityInput)]
pub struct NamedQuantityDraft {
    pub name: Name,
    pub role: Option<Role>,
    pub period: Option<Period>,
    pub quantity: StatedDraft,
    pub citation: Option<CitationDraft>,
}

/// What budgets, sources of funding and quantities have in common.
struct Amount<'a> {
    kind: AmountKind,
    ordinal: i64,
    name: &'a str,
    role: Role,
    period: Option<Period>,
    quantity: &'a StatedDraft,
    citation: Option<&'a CitationDraft>,
}

/// The budget, funding and quantities of a project.
pub(super) struct Amounts<'a> {
    /// Code of the project.
    pub(super) project: &'a str,
    /// The report that they are cited from.
    pub(super) report: Option<&'a str>,
    pub(super) budget: Option<&'a BudgetDraft>,
    pub(super) funding: &'a [FundingDraft],
    pub(super) quantities: &'a [NamedQuantityDraft],
}

impl Amounts<'_> {
    /// Their rows, in this order.
    ///
    /// Errors: `Invalid` with the place inside of the project.
    pub(super) fn rows(&self, conn: &mut Conn, units: &[Unit]) -> Result<Vec<AmountRow>> {
        let cited = self.budget.iter().map(|draft| draft.citation.as_ref());
        let cited = cited.chain(self.funding.iter().map(|draft| draft.citation.as_ref()));
        let cited = cited.chain(self.quantities.iter().map(|draft| draft.citation.as_ref()));
        let texts = Texts::of(conn, cited.map(|citation| (self.report, citation)))?;
        let mut rows = Vec::new();
        if let Some(draft) = self.budget {
            let amount = Amount {
                kind: AmountKind::Budget,
                ordinal: 1,
                name: "",
                role: Role::Actual,
                period: None,
                quantity: &draft.quantity,
                citation: draft.citation.as_ref(),
            };
            rows.push(amount.row(self, &texts, units).map_err(|error| error.inside("budget"))?);
        }
        for (index, ordinal, draft) in numbered(self.funding) {
            let amount = Amount {
                kind: AmountKind::Funding,
                ordinal,
                name: &draft.source,
                role: Role::Actual,
                period: None,
                quantity: &draft.quantity,
                citation: draft.citation.as_ref(),
            };
            rows.push(
                amount.row(self, &texts, units).map_err(|error| error.inside(format!("funding/{index}")))?,
            );
        }
        for (index, ordinal, draft) in numbered(self.quantities) {
            let amount = Amount {
                kind: AmountKind::Quantity,
                ordinal,
                name: &draft.name,
                role: draft.role.unwrap_or(Role::Actual),
                period: draft.period,
                quantity: &draft.quantity,
                citation: draft.citation.as_ref(),
            };
            rows.push(
                amount
                    .row(self, &texts, units)
                    .map_err(|error| error.inside(format!("quantities/{index}")))?,
            );
        }
        Ok(rows)
    }
}

impl Amount<'_> {
    fn row(&self, of: &Amounts<'_>, texts: &Texts, units: &[Unit]) -> Result<AmountRow> {
        let unit = self.quantity.named_unit(self.role, units).map_err(|error| error.inside("quantity"))?;
        let (quantity, _) =
            self.quantity.resolve(&unit, self.role, units).map_err(|error| error.inside("quantity"))?;
        let citation = texts.citation(of.report, self.citation)?;
        Ok(AmountRow {
            project: of.project.to_owned(),
            kind: self.kind,
            ordinal: self.ordinal,
            name: self.name.to_owned(),
            role: self.role,
            period: self.period,
            unit,
            figure: quantity.into(),
            text: plain(self.quantity.text.clone()),
            report: of.report.filter(|_| citation.is_some()).map(str::to_owned),
            cited: citation.into(),
        })
    }
}
