//! Stated figures in drafts: by their words, by their parts, or by both, which must then agree.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use utoipa::ToSchema;

use super::fault;
use crate::domain::codes::Role;
use crate::domain::decimal::Decimal;
use crate::domain::quantity::{Comparator, Quantity};
use crate::domain::text::Name;
use crate::domain::unit::{Unit, convert_exact};
use crate::domain::words;
use crate::error::{Invalid, Result};

/// The warning that words are kept beside a figure which nobody compared with them.
const TEXT_NOT_READ: &str = "text_not_read";

/// A figure as somebody states it. The numbers are read from their digits: 660.60 has two decimals.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = QuantityInput)]
pub struct StatedDraft {
    #[schema(value_type = Option<Decimal>)]
    pub value: Option<Number>,
    pub unit: Option<Name>,
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 6)]
    pub decimals: Option<Number>,
    pub comparator: Option<Comparator>,
    #[schema(value_type = Option<Decimal>)]
    pub lower: Option<Number>,
    #[schema(value_type = Option<Decimal>)]
    pub upper: Option<Number>,
    pub lower_inclusive: Option<bool>,
    pub upper_inclusive: Option<bool>,
    pub text: Option<Name>,
}

impl StatedDraft {
    /// The figure in the unit `held`, and what to warn of.
    ///
    /// Errors: `Invalid` when neither words nor value are given, when they disagree, or when the unit
    /// does not convert exactly into `held`.
    pub fn resolve(&self, held: &str, role: Role, units: &[Unit]) -> Result<(Quantity, Vec<String>)> {
        let (quantity, warnings) = self.agreed(held, role, units)?;
        for (member, said, meant) in [
            ("lower_inclusive", self.lower_inclusive, quantity.lower_inclusive),
            ("upper_inclusive", self.upper_inclusive, quantity.upper_inclusive),
        ] {
            if said.is_some_and(|said| said != meant) {
                let (zh, en) = ("与比较符不符", "does not agree with the comparator");
                return Err(fault(member, Invalid::new("bounds_disagree", zh, en)).into());
            }
        }
        Ok((quantity, warnings))
    }

    /// Code of the unit that the draft names, or else its words.
    ///
    /// Errors: `Invalid` when neither does.
    pub fn named_unit(&self, role: Role, units: &[Unit]) -> Result<String> {
        if let Some(unit) = &self.unit {
            return Ok(unit.to_string());
        }
        let Some(text) = &self.text else {
            let (zh, en) = ("需要 unit", "unit is needed");
            return Err(fault("unit", Invalid::new("missing", zh, en)).into());
        };
        let reading = words::read(text, role).map_err(|invalid| fault("text", invalid))?;
        let unit = reading
            .unit(units)
            .map_err(|invalid| fault(if invalid.code == "missing" { "unit" } else { "text" }, invalid))?;
        Ok(unit.code.clone())
    }

    fn agreed(&self, held: &str, role: Role, units: &[Unit]) -> Result<(Quantity, Vec<String>)> {
        let held = find(units, held, "unit")?;
        let spoken = self.text.as_deref().map(|text| self.read(text, role, held, units)).transpose();
        let stated = self.value.as_ref().map(|value| self.parts(value, held, units)).transpose()?;
        let spoken = match (spoken, stated) {
            // The words of a source are kept, whether or not they are words of one figure.
            (Err(refused), Some(stated)) if words::UNREAD.contains(&refused.code) => {
                return Ok((stated, vec![TEXT_NOT_READ.to_owned()]));
            }
            (spoken, _) => spoken.map_err(|invalid| fault("text", invalid))?,
        };
        match (spoken, stated) {
            (Some((quantity, warnings)), None) => {
                self.agrees_with(&quantity, held, units)?;
                Ok((quantity, warnings))
            }
            (None, Some(quantity)) => Ok((quantity, Vec::new())),
            (Some((spoken, warnings)), Some(stated)) => {
                let same = (spoken.value, spoken.comparator) == (stated.value, stated.comparator)
                    && (self.upper.is_none() || spoken.upper == stated.upper);
                if !same {
                    let (zh, en) = ("text 与数值不一致", "the words say another figure than the value");
                    return Err(fault("text", Invalid::new("words_disagree", zh, en)).into());
                }
                Ok((spoken, warnings))
            }
            (None, None) => {
                let (zh, en) = ("需要 value 或 text", "value or text is needed");
                Err(fault("value", Invalid::new("missing", zh, en)).into())
            }
        }
    }

    /// Reads words in the unit `held`. A rate is spoken without its time (日产 2吨 is 2 in 吨/日): where
    /// the draft itself names the rate, words in the unit above its line are words in the rate.
    fn read(
        &self,
        text: &str,
        role: Role,
        held: &Unit,
        units: &[Unit],
    ) -> Result<(Quantity, Vec<String>), Invalid> {
        let reading = words::read(text, role)?;
        let named = self.unit.as_deref() == Some(held.code.as_str());
        let above = held.name.split_once('/').filter(|_| named);
        let above = above.and_then(|(above, _)| units.iter().find(|unit| unit.name == above));
        let quantity = match (reading.resolve(held, units), above) {
            (Err(_), Some(above)) => reading.resolve(above, units)?,
            (resolved, _) => resolved?,
        };
        Ok((quantity, reading.warnings.iter().map(ToString::to_string).collect()))
    }

    /// Checks that what is given beside the words, without a value, is what the words say.
    fn agrees_with(&self, spoken: &Quantity, held: &Unit, units: &[Unit]) -> Result<()> {
        let from = self.unit.as_deref().map_or(Ok(held), |code| find(units, code, "unit"))?;
        let differs = |given: &Number, meant: Option<Decimal>| -> Result<bool, Invalid> {
            Ok(Some(convert_exact(given.to_string().parse()?, from, held)?) != meant)
        };
        let decimals = |given: &Number| whole(given) != Some(spoken.decimals);
        let lower = self.lower.as_ref().map(|given| differs(given, spoken.lower));
        let upper = self.upper.as_ref().map(|given| differs(given, spoken.upper));
        let disagree = [
            ("decimals", Ok(self.decimals.as_ref().is_some_and(decimals))),
            ("comparator", Ok(self.comparator.is_some() && self.comparator != spoken.comparator)),
            ("lower", lower.unwrap_or(Ok(false))),
            ("upper", upper.unwrap_or(Ok(false))),
        ];
        for (member, disagrees) in disagree {
            if disagrees.map_err(|invalid| fault(member, invalid))? {
                let (zh, en) = ("与 text 不一致", "is not what the words say");
                return Err(fault(member, Invalid::new("words_disagree", zh, en)).into());
            }
        }
        Ok(())
    }

    fn parts(&self, value: &Number, held: &Unit, units: &[Unit]) -> Result<Quantity> {
        let from = match &self.unit {
            Some(code) => find(units, code, "unit")?,
            None => held,
        };
        let (value, shown) =
            Decimal::parse_with_decimals(&value.to_string()).map_err(|invalid| fault("value", invalid))?;
        let decimals = match &self.decimals {
            None => shown,
            Some(decimals) => whole(decimals).filter(|count| *count <= 6).ok_or_else(|| {
                fault("decimals", Invalid::new("out_of_range", "小数位数应为 0 到 6", "decimals are 0 to 6"))
            })?,
        };
        let bound = |member: &str, bound: &Option<Number>| {
            bound
                .as_ref()
                .map(|bound| bound.to_string().parse::<Decimal>())
                .transpose()
                .map_err(|e| fault(member, e))
        };
        let (lower, upper) = (bound("lower", &self.lower)?, bound("upper", &self.upper)?);
        let quantity = Quantity::stated(value, decimals, self.comparator, lower, upper)
            .map_err(|invalid| fault("comparator", invalid))?;
        Ok(quantity.convert(from, held).map_err(|invalid| fault("unit", invalid))?)
    }
}

/// The members of a figure, which hold together.
pub const PARTS: [&str; 9] = [
    "value",
    "unit",
    "decimals",
    "comparator",
    "lower",
    "upper",
    "lower_inclusive",
    "upper_inclusive",
    "text",
];

/// Whether a member of a row is part of its figure.
pub fn is_part(member: &str, row: &Map<String, Value>) -> bool {
    row.contains_key("value") && PARTS.contains(&member)
}

/// Takes a stated figure out of changes, where all that is said of it `is_same` as in the row. A value that is
/// written with other decimals, and does not say how many are meant, says something else.
pub fn drop_restated(
    changes: &mut Map<String, Value>,
    row: &Map<String, Value>,
    is_same: impl Fn(&Value, Option<&Value>) -> bool,
) {
    let said = |name: &str| !changes.contains_key("decimals") && name == "value";
    let kept = |(name, change): (&String, &Value)| {
        is_same(change, row.get(name)) && (!said(name) || row.get(name) == Some(change))
    };
    if changes.iter().filter(|(name, _)| is_part(name, row)).all(kept) {
        changes.retain(|name, _| !is_part(name, row));
    }
}

/// Takes out of a stated figure what no longer holds when parts of it are changed: new words decide alone,
/// and new parts drop the words and the bounds that followed from the old ones.
pub fn restate(stated: &mut Map<String, Value>, changes: &Map<String, Value>) {
    const FOLLOWING: [&str; 5] = ["decimals", "lower", "upper", "lower_inclusive", "upper_inclusive"];
    let changed = |name: &str| changes.contains_key(name);
    let spoken = changes.get("text").is_some_and(|text| !text.is_null());
    // Anything else may have a unit too.
    if !stated.contains_key("value") {
        return;
    }
    if !spoken && !["value", "unit", "comparator"].into_iter().any(changed) {
        return;
    }
    if spoken {
        stated.retain(|name, _| name != "value" && name != "comparator");
    }
    stated.retain(|name, _| name != "text" && !FOLLOWING.contains(&name.as_str()));
}

/// A count that may be written as a decimal number, such as 2.0.
fn whole(number: &Number) -> Option<u8> {
    let millionths = number.to_string().parse::<Decimal>().ok()?.millionths();
    u8::try_from(millionths / 1_000_000).ok().filter(|_| millionths % 1_000_000 == 0)
}

fn find<'a>(units: &'a [Unit], code: &str, member: &str) -> Result<&'a Unit> {
    units.iter().find(|unit| unit.code == code).ok_or_else(|| {
        let (zh, en) = (format!("没有计量单位“{code}”"), format!("there is no unit “{code}”"));
        fault(member, Invalid::new("unknown_reference", zh, en)).into()
    })
}
