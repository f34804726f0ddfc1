//! The unit in the words of a figure: what can be one, what 万 and 亿 before it mean, and which of
//! the known units it is.

use unicode_normalization::UnicodeNormalization;

use crate::domain::fold::fold;
use crate::domain::unit::Unit;
use crate::error::Invalid;

const NO_PART_OF_A_UNIT: &str = "，。；：、！？（）“”‘’《》…—–·,.;:!?()[]{}<>=~+*&^#@|\\\"'`";

/// Last characters of the names of units that measure rather than count, so that something can lie
/// between one number and the next.
const MEASURES: [char; 17] =
    ['元', '亩', '顷', '米', '里', '吨', '克', '斤', '升', '%', '‰', '度', '时', '年', '岁', '成', '倍'];

/// 三成 is 30 %: no unit in which figures are held.
pub(super) const TENTHS: &str = "成";

/// Names of units in which places are counted.
const RANKS: [&str; 5] = ["位", "名次", "名", "个", "次"];

/// Dimensions of what can change by so many percent or points.
const RATES: [&str; 2] = ["percent", "percentage_point"];

/// A known unit, and the power of ten of the multiplier that was spoken before its name.
pub(super) struct Spoken<'a> {
    pub(super) unit: &'a Unit,
    pub(super) power: u32,
}

/// What a number that is no number goes on with: 二十几, 十来, 三点五, a range or a fraction.
const AFTER_NO_NUMBER: &str = "几来点至到半零〇一二三四五六七八九十-−/_";

/// Whether the words can name a unit at all, known or not. Digits occur in codes and symbols
/// (`CNY_10K`, `m2`), before them and among Chinese words they are another figure.
pub(super) fn could_be(words: &str) -> bool {
    let strange = words.contains(|c: char| c.is_whitespace() || NO_PART_OF_A_UNIT.contains(c));
    let digit = |c: char| c.is_ascii_digit();
    let second_figure = words.starts_with(digit) || (!words.is_ascii() && words.contains(digit));
    !strange && !second_figure && !words.starts_with(|c| AFTER_NO_NUMBER.contains(c))
}

/// Whether 万 and 亿 belong to this unit: to 元, as 万元 and 亿元 are units, and to whatever is
/// meant when no unit is spoken.
pub(super) fn keeps_multiplier(words: &str) -> bool {
    words.is_empty() || words.split('/').next() == Some("元")
}

/// Whether the unit measures rather than counts.
pub(super) fn is_measured(words: &str) -> bool {
    words.split('/').next().is_some_and(|unit| unit.ends_with(MEASURES))
}

/// Whether 半 before it is one half of it: 半亩. Of times (半年, 半天) it is mostly a name.
pub(super) fn has_halves(words: &str) -> bool {
    is_measured(words) && !words.ends_with(['%', '‰', '时', '年', '岁', '成', '度'])
}

/// Whether figures in the unit can be changes.
pub(super) fn is_rate(unit: &Unit) -> bool {
    RATES.contains(&unit.dimension.as_str())
}

/// Whether figures in the unit can be ranks.
pub(super) fn is_rank(unit: &Unit) -> bool {
    RANKS.contains(&unit.name.as_str())
}

/// The unit that the words name, by name, symbol, code or alias, one of the metric's dimension first; the
/// metric's own for no words. Where no unit is called 万元/人, 万 multiplies one called 元/人.
///
/// Errors: `unknown_unit`.
pub(super) fn find<'a>(words: &str, metric_unit: &'a Unit, units: &'a [Unit]) -> Result<Spoken<'a>, Invalid> {
    let plain = |unit| Spoken { unit, power: 0 };
    if words.is_empty() {
        return Ok(plain(metric_unit));
    }
    if let Some(unit) = named(words, metric_unit, units) {
        return Ok(plain(unit));
    }
    let (power, rest) = split_large(words);
    if power > 0 && rest.is_empty() {
        // 90万 of a metric in money means 万元, whichever of 元, 万元 and 亿元 the metric has.
        let spoken = format!("{words}{}", split_large(&metric_unit.name).1);
        let unit = named(&spoken, metric_unit, units).filter(|unit| unit.dimension == metric_unit.dimension);
        return Ok(unit.map_or(Spoken { unit: metric_unit, power }, plain));
    }
    let unit = if power > 0 { named(rest, metric_unit, units) } else { None };
    unit.map(|unit| Spoken { unit, power }).ok_or_else(|| unknown(words, metric_unit))
}

/// The unit that the words name, where no metric tells what is measured.
///
/// Errors: `missing` for no words, `unknown_unit`.
pub(super) fn find_alone<'a>(words: &str, units: &'a [Unit]) -> Result<&'a Unit, Invalid> {
    if words.is_empty() || split_large(words).1.is_empty() {
        let (zh, en) = ("需要计量单位：写在 text 中，或另给 unit", "a unit is needed, in text or as unit");
        return Err(Invalid::new("missing", zh, en));
    }
    let named = |words: &str| units.iter().find(|unit| unit.names().any(|name| fold(name) == fold(words)));
    named(words).or_else(|| named(split_large(words).1)).ok_or_else(|| {
        Invalid::new(
            "unknown_unit",
            format!("没有名为“{words}”的计量单位"),
            format!("no unit is called “{words}”"),
        )
    })
}

fn split_large(words: &str) -> (u32, &str) {
    match (words.strip_prefix('万'), words.strip_prefix('亿')) {
        (Some(rest), _) => (4, rest),
        (_, Some(rest)) => (8, rest),
        _ => (0, words),
    }
}

fn named<'a>(words: &str, metric_unit: &'a Unit, units: &'a [Unit]) -> Option<&'a Unit> {
    // Compatible forms are one symbol: ㎡, m² and m2.
    let same = |name: &str| name.nfkc().eq(words.nfkc());
    let is_named = |unit: &&Unit| unit.names().any(same);
    // Small and capital letters are told apart only where both are symbols.
    let folded = fold(words);
    let is_nearly_named = |unit: &&Unit| unit.names().any(|name| fold(name) == folded);
    let all = || std::iter::once(metric_unit).chain(units);
    let own = || all().filter(|unit| unit.dimension == metric_unit.dimension);
    own()
        .find(is_named)
        .or_else(|| all().find(is_named))
        .or_else(|| own().find(is_nearly_named))
        .or_else(|| all().find(is_nearly_named))
}

fn unknown(words: &str, metric_unit: &Unit) -> Invalid {
    Invalid::new(
        "unknown_unit",
        format!("没有名为“{words}”的计量单位，该指标的单位是{}", metric_unit.name),
        format!(
            "no unit is called “{words}”; the unit of the metric is {} ({})",
            metric_unit.name, metric_unit.code
        ),
    )
}
