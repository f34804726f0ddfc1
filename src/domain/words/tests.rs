//! The table of qualifiers, multipliers and units, phrase by phrase, and the laws of reading and writing.

mod cases;
mod kinds;
mod report;

use super::writing::write;
use super::*;
use crate::domain::quantity::tests::{interval, quantities};
use crate::domain::unit::tests::unit;
use proptest::prelude::*;

/// What a phrase is read as: number with its decimals, comparator, bounds, unit words.
fn said(text: &str, role: Role) -> String {
    match read(text, role) {
        Ok(Reading { quantity, unit_words, warnings, .. }) => {
            let comparator = quantity.comparator.map_or("=", Comparator::as_str);
            let value = quantity.value.to_fixed(quantity.decimals);
            let warned = if warnings.is_empty() { String::new() } else { format!(" {}", warnings.join(" ")) };
            format!("{comparator} {value} {} {unit_words}{warned}", interval(&quantity))
        }
        Err(refused) => refused.code.to_owned(),
    }
}

fn units() -> Vec<Unit> {
    [
        "CNY",
        "CNY_10K",
        "CNY_100M",
        "CNY_10K_PER_YEAR",
        "CNY_PER_PERSON",
        "MU",
        "MTK",
        "HAR",
        "KMK",
        "MTR",
        "KMT",
        "KGM",
        "TNE",
        "P1",
        "PERSON",
        "PERSON_MING",
        "PERSON_TIME",
        "HOUSEHOLD",
    ]
    .map(unit)
    .to_vec()
}

/// What a phrase means for a metric in this unit: value and bounds, or the code of the refusal.
fn meant(text: &str, metric_unit: &str) -> Result<String, &'static str> {
    read(text, Role::Actual)
        .and_then(|reading| reading.resolve(&unit(metric_unit), &units()))
        .map(|quantity| format!("{} {}", quantity.value, interval(&quantity)))
        .map_err(|refused| refused.code)
}

#[test]
fn reaching_means_at_least_in_a_target_alone() {
    for text in ["达5万元", "达到5万元"] {
        assert_eq!(said(text, Role::Target), ">= 5 [5, ∞) 万元");
        for role in [Role::Actual, Role::Forecast, Role::Baseline] {
            assert_eq!(said(text, role), "= 5 [5, 5] 万元");
        }
    }
    assert_eq!(said("达到75%以上", Role::Target), ">= 75 [75, ∞) %");
    assert_eq!(said("1000万元", Role::Target), "= 1000 [1000, 1000] 万元", "a bare target stays exact");
    assert_eq!(said("达到2000余条", Role::Target), "ambiguous_qualifier");
    assert_eq!(said("达到2000余条", Role::Actual), "> 2000 (2000, 3000) 条");
}

#[test]
fn every_qualifier_has_its_comparator() {
    for (texts, meaning) in [
        (&["90亩", "共90亩", "共计90亩", "合计90亩", "达90亩", "达到90亩"][..], "= 90 [90, 90] 亩"),
        (&["约90亩", "90亩左右", "90亩上下", "约90亩左右", "共约90亩"], "~ 90 (-∞, ∞) 亩"),
        (&["近90亩", "将近90亩", "接近90亩", "不足90亩", "不满90亩", "低于90亩"], "< 90 (-∞, 90) 亩"),
        (&["90亩以下", "90亩以内", "不超过90亩", "不超过90亩以内"], "<= 90 (-∞, 90] 亩"),
        (&["90亩以上", "不少于90亩", "不低于90亩", "至少90亩", "至少90亩以上"], ">= 90 [90, ∞) 亩"),
        (&["超过90亩", "突破90亩", "逾90亩"], "> 90 (90, ∞) 亩"),
        (&["90余亩", "90多亩", "超过90余亩", "共90余亩"], "> 90 (90, 100) 亩"),
    ] {
        for text in texts {
            assert_eq!(said(text, Role::Actual), meaning, "{text}");
        }
    }
    assert_eq!(said("不少于10个", Role::Actual), ">= 10 [10, ∞) 个");
    assert_eq!(said("90以上", Role::Actual), ">= 90 [90, ∞) ");
}

#[test]
fn more_reaches_to_the_next_round_number() {
    for (text, meaning) in [
        ("90余万元", "> 90 (90, 100) 万元"),
        ("100万余元", "> 100 (100, 101) 万元"),
        ("12万余人", "> 120000 (120000, 130000) 人"),
        ("12余万人", "> 120000 (120000, 130000) 人"),
        ("20余万人", "> 200000 (200000, 300000) 人"),
        ("1.5万余人", "> 15000 (15000, 16000) 人"),
        ("3.50余亩", "> 3.50 (3.5, 3.51) 亩"),
        ("64余亩", "> 64 (64, 65) 亩"),
        ("71余%", "> 71 (71, 72) %"),
        ("5千万余元", "> 5000 (5000, 6000) 万元"),
        ("5余户", "> 5 (5, 6) 户 qualifier_contradiction"),
        ("十余人", "> 10 (10, 20) 人"),
        ("三百多户", "> 300 (300, 400) 户"),
        ("三万五千余人", "> 35000 (35000, 36000) 人"),
        ("九十余万元", "> 90 (90, 100) 万元"),
        ("九十万余元", "> 90 (90, 91) 万元"),
        ("90万余", "> 90 (90, 91) 万"),
    ] {
        assert_eq!(said(text, Role::Actual), meaning, "{text}");
    }
}

#[test]
fn multipliers_numerals_and_widths() {
    for (text, meaning) in [
        ("１２３户", "= 123 [123, 123] 户"),
        ("７５％以上", ">= 75 [75, ∞) %"),
        ("1,234户", "= 1234 [1234, 1234] 户"),
        ("1，234户", "= 1234 [1234, 1234] 户"),
        ("1,234,567.80元", "= 1234567.80 [1234567.8, 1234567.8] 元"),
        (" 90 万余 元 ", "> 90 (90, 91) 万元"),
        ("约 50 亩 左右", "~ 50 (-∞, ∞) 亩"),
        ("-5%", "= -5 [-5, -5] %"),
        ("−3.2%", "= -3.2 [-3.2, -3.2] %"),
        ("超过-5%", "> -5 (-5, ∞) %"),
        ("1.5亿元", "= 1.5 [1.5, 1.5] 亿元"),
        ("1.5亿人", "= 150000000 [150000000, 150000000] 人"),
        ("3千万元", "= 3000 [3000, 3000] 万元"),
        ("1.2万亿元", "= 12000 [12000, 12000] 亿元"),
        ("5千户", "= 5000 [5000, 5000] 户"),
        ("3百人", "= 300 [300, 300] 人"),
        ("5千克", "= 5 [5, 5] 千克"),
        ("两千克", "= 2 [2, 2] 千克"),
        ("3百分点", "= 3 [3, 3] 百分点"),
        ("5万千瓦", "= 50000 [50000, 50000] 千瓦"),
        ("6万元/年", "= 6 [6, 6] 万元/年"),
        ("2吨/日", "= 2 [2, 2] 吨/日"),
        ("2.34567万人", "= 23456.7 [23456.7, 23456.7] 人"),
        ("两处", "= 2 [2, 2] 处"),
        ("十二户", "= 12 [12, 12] 户"),
        ("三百", "= 300 [300, 300] "),
        ("三十两", "= 30 [30, 30] 两"),
        ("三千五百万元", "= 3500 [3500, 3500] 万元"),
        ("三万五千元", "= 35000 [35000, 35000] 元"),
        ("两亿五千万元", "= 250000000 [250000000, 250000000] 元"),
        ("90万", "= 90 [90, 90] 万"),
        ("5m2", "= 5 [5, 5] m2"),
        ("5CNY_10K", "= 5 [5, 5] CNY_10K"),
        ("超过90且低于95万元", "> 90 (90, 95) 万元"),
        ("超过90万且低于95万元", "> 90 (90, 95) 万元"),
        ("超过4万且低于4.5万人", "> 40000 (40000, 45000) 人"),
    ] {
        assert_eq!(said(text, Role::Actual), meaning, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    for text in [
        "",
        " ",
        "亩",
        "约",
        "余",
        "万元",
        "50左右亩",
        "50以上亩",
        "90万元余",
        "90余余元",
        "90余万余元",
        "6:30-7:30",
        "5元3角",
        "1,23户",
        "1,2345户",
        ",123户",
        "1234,567户",
        "3.亩",
        ".5亩",
        "1.2.3亩",
        "1e3户",
        "几户",
        "三百五户",
        "一百零两人",
        "一亿五千元",
        "数十户",
        "0余户",
        "-20余户",
        "50约亩",
        "5 6户",
        "5 6",
        "五6",
        "5 6m2",
        "5千百户",
        "5千千户",
        "5百 万户",
        "5万 万元",
        "5亿万户",
        "超过90且低于",
        "超过90且低于95余万元",
        "超过90万且低于95亿元",
        "今年5户",
    ] {
        assert!(
            matches!(said(text, Role::Actual).as_str(), "unreadable_quantity"),
            "{text}: {}",
            said(text, Role::Actual)
        );
    }
    for text in [
        "近50余亩",
        "约50亩以上",
        "超过50亩以下",
        "不足50亩左右",
        "至少超过50亩",
        "近约50亩",
        "90且低于95万元",
        "超过90余且低于95万元",
    ] {
        assert_eq!(said(text, Role::Actual), "ambiguous_qualifier", "{text}");
    }
    assert_eq!(said("超过95且低于90万元", Role::Actual), "bounds_disagree");
    assert_eq!(said("10000亿户", Role::Actual), "too_large");
    assert_eq!(said("三万亿户", Role::Actual), "too_large");
    assert_eq!(said("0.1234567亩", Role::Actual), "too_precise");
}

#[test]
fn figures_resolve_into_the_unit_of_their_metric() {
    for (text, metric_unit, meaning) in [
        ("90万余元", "CNY_10K", Ok("90 (90, 91)")),
        ("90万余元", "CNY", Ok("900000 (900000, 910000)")),
        ("660.60万元", "CNY_100M", Ok("0.06606 [0.06606, 0.06606]")),
        ("35000元", "CNY_10K", Ok("3.5 [3.5, 3.5]")),
        ("90万余", "CNY_10K", Ok("90 (90, 91)")),
        ("90万", "CNY", Ok("900000 [900000, 900000]")),
        ("90万", "CNY_100M", Ok("0.009 [0.009, 0.009]")),
        ("6万", "CNY_10K_PER_YEAR", Ok("6 [6, 6]")),
        ("6万元/年", "CNY_10K_PER_YEAR", Ok("6 [6, 6]")),
        ("1.2万元/人", "CNY_PER_PERSON", Ok("12000 [12000, 12000]")),
        ("4万", "PERSON_TIME", Ok("40000 [40000, 40000]")),
        ("4万余", "PERSON_TIME", Ok("40000 (40000, 50000)")),
        ("4万人次", "PERSON_TIME", Ok("40000 [40000, 40000]")),
        ("1217名", "PERSON", Ok("1217 [1217, 1217]")),
        ("50", "MU", Ok("50 [50, 50]")),
        ("3580平方米", "MU", Ok("5.37 [5.37, 5.37]")),
        ("2000㎡", "MU", Ok("3 [3, 3]")),
        ("2000m2", "MU", Ok("3 [3, 3]")),
        ("2公顷", "MU", Ok("30 [30, 30]")),
        ("5千克", "TNE", Ok("0.005 [0.005, 0.005]")),
        ("两万千克", "TNE", Ok("20 [20, 20]")),
        ("5CNY_10K", "CNY_10K", Ok("5 [5, 5]")),
        ("约200万元", "CNY", Ok("2000000 (-∞, ∞)")),
        ("75％以上", "P1", Ok("75 [75, ∞)")),
        ("1亩", "MTK", Err("unit_incompatible")),
        ("5户", "PERSON", Err("unit_incompatible")),
        ("5人", "PERSON_TIME", Err("unit_incompatible")),
        ("5只", "PERSON", Err("unknown_unit")),
        ("5万只", "PERSON", Err("unknown_unit")),
        ("90万余元宅改有偿使用费", "CNY_10K", Err("unknown_unit")),
        ("9999亿元", "CNY", Ok("999900000000 [999900000000, 999900000000]")),
        ("10000亿元", "CNY", Err("too_large")),
    ] {
        assert_eq!(meant(text, metric_unit), meaning.map(str::to_owned), "{text} for {metric_unit}");
    }
}

#[test]
fn a_unit_of_the_metrics_dimension_goes_first() {
    let length = Unit { name: "度".to_owned(), ..unit("MTR") };
    let angle = Unit { name: "度".to_owned(), ..unit("ANGLE") };
    let reading = read("5度", Role::Actual).expect("readable");
    for known in [[length.clone(), angle.clone()], [angle.clone(), length.clone()]] {
        assert!(reading.resolve(&unit("KMT"), &known).is_ok());
        assert!(reading.resolve(&angle, &known).is_ok());
    }
}

#[test]
fn quantities_are_written_as_people_say_them() {
    for (text, unit_name, written) in [
        ("90万余元", "万元", "90万余元"),
        ("90余万元", "万元", "90余万元"),
        ("2000余条", "条", "2000余条"),
        ("550多亩", "亩", "550余亩"),
        ("约200万元", "万元", "约200万元"),
        ("660.60万元", "万元", "660.60万元"),
        ("近50亩", "亩", "低于50亩"),
        ("75%以上", "%", "不少于75%"),
        ("50亩以内", "亩", "不超过50亩"),
        ("逾50亩", "亩", "超过50亩"),
        ("超过90且低于95万元", "万元", "超过90且低于95万元"),
        ("4万人次", "人次", "40000人次"),
    ] {
        let reading = read(text, Role::Actual).expect(text);
        assert_eq!(write(&reading.quantity, unit_name), written, "{text}");
    }
}

fn unit_names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "元",
        "万元",
        "亿元",
        "亩",
        "平方米",
        "m²",
        "千克",
        "吨",
        "%",
        "户",
        "人次",
        "吨/日",
        "万元/年",
        "CNY_10K",
        "公里",
    ])
}

/// Quantities as 余 makes them, which arbitrary bounds hardly ever hit.
fn more_than_round() -> impl Strategy<Value = Quantity> {
    (1i64..1_000_000, 0u32..5, 0u8..=6, any::<bool>()).prop_map(|(digits, zeros, decimals, round)| {
        let number = digits * 10_i64.pow(zeros);
        let value = Decimal::from_millionths(number * 1_000_000).expect("in range");
        let place = if round { place::round_place(value, decimals) } else { place::last_place(decimals) };
        let upper = Decimal::from_wide(i128::from(value.millionths()) + place);
        let upper = upper.unwrap_or(Decimal::from_millionths(999_999_999_999_000_000).expect("in range"));
        Quantity::stated(value, decimals, Some(Comparator::More), None, Some(upper)).expect("consistent")
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        quantity in prop_oneof![quantities(), more_than_round()],
        unit_name in unit_names(),
        role in prop::sample::select(Role::ALL.to_vec()),
    ) {
        let written = write(&quantity, unit_name);
        let reading = read(&written, role);
        prop_assert_eq!(
            reading.map(|reading| (reading.quantity, reading.unit_words)),
            Ok((quantity, unit_name.to_owned())),
            "{}",
            written
        );
    }

    #[test]
    fn multipliers_multiply(
        digits in 1i64..100_000,
        multiplier in prop::sample::select(vec![("", 1i64), ("千", 1000), ("万", 10_000), ("千万", 10_000_000), ("亿", 100_000_000)]),
        qualifier in prop::sample::select(vec!["{}", "约{}", "近{}", "至少{}", "不超过{}", "逾{}"]),
    ) {
        if let Some(product) = digits.checked_mul(multiplier.1).filter(|&product| product < 1_000_000_000_000) {
            let phrase = |number: String| qualifier.replace("{}", &number);
            let short = read(&phrase(format!("{digits}{}户", multiplier.0)), Role::Actual);
            let long = read(&phrase(format!("{product}户")), Role::Actual);
            prop_assert_eq!(&short, &long);
            let money = read(&phrase(format!("{digits}{}元", multiplier.0)), Role::Actual).expect("readable");
            let yuan = money.resolve(&unit("CNY"), &units()).expect("money");
            prop_assert_eq!(yuan, long.expect("readable").quantity);
        }
    }

    #[test]
    fn numerals_mean_what_digits_mean(number in 0i64..100_000_000, cut in 0u32..8, after in prop::sample::select(vec!["户", "元", "千克", ""])) {
        let number = number / 10_i64.pow(cut);
        let spelled = crate::domain::numeral::tests::spell(number);
        let resolve = |text: String| {
            let metric_unit = unit(match after { "户" => "HOUSEHOLD", "元" => "CNY", "千克" => "KGM", _ => "PERSON" });
            read(&text, Role::Actual).expect("readable").resolve(&metric_unit, &units()).expect("resolved")
        };
        prop_assert_eq!(resolve(format!("{spelled}{after}")).value, resolve(format!("{number}{after}")).value);
    }

    #[test]
    fn more_lies_between_the_number_and_its_bound(number in 1u32..10_000_000, multiplier in prop::sample::select(vec!["", "万", "亿"])) {
        for text in [format!("{number}余{multiplier}户"), format!("{number}{multiplier}余户"), format!("{number}{multiplier}多户")] {
            if let Ok(Reading { quantity, .. }) = read(&text, Role::Actual) {
                prop_assert_eq!(quantity.lower, Some(quantity.value));
                prop_assert!(quantity.upper > Some(quantity.value));
                prop_assert_eq!(quantity.comparator, Some(Comparator::More));
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,20}|[0-9,.余多万亿千百十约近达共以上下左右且低于元亩户%两三-]{0,20}") {
        for role in [Role::Actual, Role::Target] {
            if let Ok(reading) = read(&text, role) {
                let _resolved = reading.resolve(&unit("CNY_10K"), &units());
            }
        }
    }
}
