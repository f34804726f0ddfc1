//! Spellings of periods, normalised, and the laws of their spans.

use super::*;
use proptest::prelude::*;

fn period(text: &str) -> Period {
    text.parse().unwrap_or_else(|refused| panic!("{text}: {refused:?}"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn refusal(text: &str) -> &'static str {
    match text.parse::<Period>() {
        Ok(period) => panic!("{text} was read as {period}"),
        Err(refused) => refused.code,
    }
}

#[test]
fn canonical_forms_span_their_days() {
    for (text, first, last, frequency) in [
        ("2022", "2022-01-01", "2022-12-31", Frequency::Year),
        ("2022-S1", "2022-01-01", "2022-06-30", Frequency::HalfYear),
        ("2022-S2", "2022-07-01", "2022-12-31", Frequency::HalfYear),
        ("2022-Q1", "2022-01-01", "2022-03-31", Frequency::Quarter),
        ("2022-Q4", "2022-10-01", "2022-12-31", Frequency::Quarter),
        ("2022-07", "2022-07-01", "2022-07-31", Frequency::Month),
        ("2024-02", "2024-02-01", "2024-02-29", Frequency::Month),
        ("2023-02", "2023-02-01", "2023-02-28", Frequency::Month),
        ("1900-02", "1900-02-01", "1900-02-28", Frequency::Month),
        ("2000-02", "2000-02-01", "2000-02-29", Frequency::Month),
        ("2022-W35", "2022-08-29", "2022-09-04", Frequency::Week),
        ("2022-08-01", "2022-08-01", "2022-08-01", Frequency::Day),
        ("2022-01/2022-11", "2022-01-01", "2022-11-30", Frequency::Interval),
        ("2022-01/2023-12", "2022-01-01", "2023-12-31", Frequency::Interval),
        ("2022-08-01/2022-08-20", "2022-08-01", "2022-08-20", Frequency::Interval),
    ] {
        let period = period(text);
        assert_eq!((period.first_day(), period.last_day()), (day(first), day(last)), "{text}");
        assert_eq!(period.frequency(), frequency, "{text}");
        assert_eq!(period.to_string(), text);
    }
}

#[test]
fn weeks_at_the_ends_of_years_belong_to_the_year_of_their_thursday() {
    for (text, first, last) in [
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2021-W01", "2021-01-04", "2021-01-10"),
        ("2022-W52", "2022-12-26", "2023-01-01"),
        ("2025-W01", "2024-12-30", "2025-01-05"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("1900-W01", "1900-01-01", "1900-01-07"),
    ] {
        let week = period(text);
        assert_eq!((week.first_day(), week.last_day()), (day(first), day(last)), "{text}");
        assert_eq!(week.to_string(), text);
        assert_eq!(period(&format!("{first}/{last}")), week);
    }
    assert_eq!(refusal("2022-W53"), "period_malformed");
    assert_eq!(refusal("2022-W00"), "period_malformed");
}

#[test]
fn other_spellings_of_a_span_are_normalised() {
    for (text, canonical) in [
        ("2022-01/2022-12", "2022"),
        ("2022-01-01/2022-12-31", "2022"),
        ("2022-S1/2022-S2", "2022"),
        ("2022/2022", "2022"),
        ("2022-07/2022-07", "2022-07"),
        ("2022-08-01/2022-08-01", "2022-08-01"),
        ("2022-01/2022-03", "2022-Q1"),
        ("2022-Q1/2022-Q2", "2022-S1"),
        ("2022-Q1/2022-Q3", "2022-01/2022-09"),
        ("2022/2023", "2022-01/2023-12"),
        ("2022-08-29/2022-09-04", "2022-W35"),
        ("2022-W35/2022-W36", "2022-08-29/2022-09-11"),
        ("2021-02-01/2021-02-28", "2021-02"),
        ("２０２２－０７", "2022-07"),
        (" 2022 ", "2022"),
        ("2022-9", "2022-09"),
        ("2022-7-1", "2022-07-01"),
        ("2022-12-5", "2022-12-05"),
        ("2022-1/2022-11", "2022-01/2022-11"),
        ("202207", "2022-07"),
        ("2022Q3", "2022-Q3"),
        ("２０２２Ｑ３", "2022-Q3"),
    ] {
        assert_eq!(period(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn chinese_spellings_are_read() {
    for (text, canonical) in [
        ("2022年", "2022"),
        ("2022年度", "2022"),
        ("2022年全年", "2022"),
        ("2022年上半年", "2022-S1"),
        ("2022上半年", "2022-S1"),
        ("2022全年", "2022"),
        ("2022三季度", "2022-Q3"),
        ("2022第一季度", "2022-Q1"),
        ("2022前11个月", "2022-01/2022-11"),
        ("2022年前三季度", "2022-01/2022-09"),
        ("2022年前两季度", "2022-S1"),
        ("2022年前三个季度", "2022-01/2022-09"),
        ("2022年前11个月", "2022-01/2022-11"),
        ("2022年前十一个月", "2022-01/2022-11"),
        ("2022年前6月", "2022-S1"),
        ("二〇二二年", "2022"),
        ("二○二二年七月", "2022-07"),
        ("二零二二年上半年", "2022-S1"),
        ("二〇二二年1—11月", "2022-01/2022-11"),
        ("2022年9月底", "2022-09-30"),
        ("2022年2月末", "2022-02-28"),
        ("2022年末", "2022-12-31"),
        ("2022年年底", "2022-12-31"),
        ("2022年底", "2022-12-31"),
        ("2022年三季度末", "2022-09-30"),
        ("2022年上半年末", "2022-06-30"),
        ("2022年下半年", "2022-S2"),
        ("2022年三季度", "2022-Q3"),
        ("2022年第三季度", "2022-Q3"),
        ("2022年3季度", "2022-Q3"),
        ("2022年第4季度", "2022-Q4"),
        ("2022年7月", "2022-07"),
        ("2022年07月", "2022-07"),
        ("2022年7月份", "2022-07"),
        ("2022年十二月", "2022-12"),
        ("2022年7月1日", "2022-07-01"),
        ("2022年7月1号", "2022-07-01"),
        ("2022年第35周", "2022-W35"),
        ("2022年第三十五周", "2022-W35"),
        ("2022年1—11月", "2022-01/2022-11"),
        ("2022年1–11月", "2022-01/2022-11"),
        ("2022年1-11月", "2022-01/2022-11"),
        ("2022年1~11月", "2022-01/2022-11"),
        ("2022年1～11月", "2022-01/2022-11"),
        ("2022年1——11月", "2022-01/2022-11"),
        ("2022年1至11月", "2022-01/2022-11"),
        ("2022年1到11月", "2022-01/2022-11"),
        ("2022年1月至11月", "2022-01/2022-11"),
        ("2022年1月—11月", "2022-01/2022-11"),
        ("2022年1—11月份", "2022-01/2022-11"),
        ("2022年1月至12月", "2022"),
        ("2022年1—3月", "2022-Q1"),
        ("2022年一至三季度", "2022-01/2022-09"),
        ("2022年第一季度至第三季度", "2022-01/2022-09"),
        ("2022年上半年至下半年", "2022"),
        ("2022年8月1日至20日", "2022-08-01/2022-08-20"),
        ("2022年8月1—20日", "2022-08-01/2022-08-20"),
        ("2022年8月1日至9月20日", "2022-08-01/2022-09-20"),
        ("2022年8月1日至2023年1月20日", "2022-08-01/2023-01-20"),
        ("2022年11月至2023年2月", "2022-11/2023-02"),
        ("2022年下半年至2023年上半年", "2022-07/2023-06"),
        ("2022—2023年", "2022-01/2023-12"),
        ("2022年至2023年", "2022-01/2023-12"),
        ("2022年第1—5周", "2022-01-03/2022-02-06"),
        ("２０２２年１—１１月", "2022-01/2022-11"),
        ("2022 年 1 — 11 月", "2022-01/2022-11"),
    ] {
        assert_eq!(period(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn what_is_no_period_is_refused() {
    for text in [
        "",
        "22",
        "2022-",
        "2022-13",
        "2022-00",
        "2022-Q0",
        "2022-Q5",
        "2022-S0",
        "2022-S3",
        "2022-W1",
        "2022-02-30",
        "2023-02-29",
        "2022-07-1",
        "2022Q5",
        "2022Q",
        "202213",
        "20227",
        "2022-007",
        "2022-7-1-1",
        "2022年前五季度",
        "2022年前13个月",
        "2022年前0个月",
        "2022年前三年",
        "2022年9月1日底",
        "2022年底末",
        "二〇二二",
        "二零二年",
        "两〇二二年",
        "上半年",
        "一季度",
        "2022中半年",
        "2022-q3",
        "20220701",
        "2022-01/2022-11-30",
        "2022/",
        "/2022",
        "2022/2022-12",
        "2022-01/2022-02/2022-03",
        "2022-01/11",
        "今年",
        "年",
        "2022年13月",
        "2022年五季度",
        "2022年第五季度",
        "2022年2月30日",
        "2022年中半年",
        "22年",
        "2022年1月至今",
        "2022年1—",
        "—2022年",
        "1—11月",
        "11月—2023年1月",
        "2022年1月至第三季度",
        "2022年7月1",
        "2022年度度",
        "2022年-07",
        "+022",
        "２０２２年７",
    ] {
        assert_eq!(refusal(text), "period_malformed", "{text}");
    }
}

#[test]
fn ends_before_starts_and_far_years_are_refused() {
    for text in
        ["2022-11/2022-01", "2023/2022", "2022-08-20/2022-08-01", "2022年11—1月", "2022年8月20日至1日"]
    {
        assert_eq!(refusal(text), "period_reversed", "{text}");
    }
    for text in ["1899", "3000", "0000", "1899-12-31", "2999/3000", "3000-W01", "1899年12月"] {
        assert_eq!(refusal(text), "period_out_of_range", "{text}");
    }
    assert_eq!(period("1900/2999").to_string(), "1900-01/2999-12");
}

#[test]
fn containment_and_order() {
    assert!(period("2022").contains(&period("2022")));
    assert!(period("2022").contains(&period("2022-Q3")));
    assert!(period("2022-01/2022-11").contains(&period("2022-W35")));
    assert!(!period("2022-01/2022-11").contains(&period("2022")));
    assert!(!period("2022").contains(&period("2022-W52")), "the week ends in 2023");
    assert!(!period("2022").contains(&period("2023-01-01")));
    let mut periods = ["2022-02", "2022", "2022-01", "2021-12-31", "2022-01-01", "2022-S1"].map(period);
    periods.sort();
    let sorted = periods.map(|period| period.to_string());
    assert_eq!(sorted, ["2021-12-31", "2022-01-01", "2022-01", "2022-S1", "2022", "2022-02"]);
}

#[test]
fn json_holds_a_string() {
    let json = serde_json::to_string(&period("2022年1—11月")).expect("JSON");
    assert_eq!(json, "\"2022-01/2022-11\"");
    assert_eq!(serde_json::from_str(&json).ok(), Some(period("2022-01/2022-11")));
    assert!(serde_json::from_str::<Period>("2022").is_err());
    assert_eq!(serde_json::to_string(&Frequency::HalfYear).expect("JSON"), "\"half_year\"");
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..401_767).prop_map(|days| day("1900-01-01") + Days::new(days))
}

fn spans() -> impl Strategy<Value = Period> {
    let of = |first: NaiveDate, last: NaiveDate| Period::from_days(first, last.max(first));
    prop_oneof![
        (any_day(), any_day()).prop_map(|(a, b)| (a.min(b), a.max(b))),
        (any_day(), 0u64..40).prop_map(|(a, days)| (a, a + Days::new(days))),
        (any_day(), 0u32..30).prop_map(|(a, months)| {
            let first = a - Days::new(u64::from(a.day0()));
            (first, last_of_month(first + Months::new(months)))
        }),
        any_day().prop_map(|a| {
            let monday = a - Days::new(u64::from(a.weekday().num_days_from_monday()));
            (monday, monday + Days::new(6))
        }),
    ]
    .prop_filter_map("within the years", move |(first, last)| of(first, last).ok())
}

/// Every form that any span can be spelled in, canonical or not.
fn spellings() -> impl Strategy<Value = String> {
    let year = || 1900i32..=2999;
    let single = |year: i32, form: u8, n: u32, d: u32| match form {
        0 => format!("{year}"),
        1 => format!("{year}-S{}", n % 2 + 1),
        2 => format!("{year}-Q{}", n % 4 + 1),
        3 => format!("{year}-{:02}", n % 12 + 1),
        4 => format!("{year}-W{:02}", n % 53 + 1),
        _ => format!("{year}-{:02}-{:02}", n % 12 + 1, d % 31 + 1),
    };
    (year(), year(), 0u8..6, any::<[u32; 4]>(), any::<bool>()).prop_map(move |(y, z, form, n, pair)| {
        let start = single(y, form, n[0], n[1]);
        if pair { format!("{start}/{}", single(z, form, n[2], n[3])) } else { start }
    })
}

#[test]
fn a_length_of_iso_8601_is_read() {
    for (text, canonical) in [
        ("2022-01-01/P11M", "2022-01/2022-11"),
        ("2022-01-01/P1Y", "2022"),
        ("2022-01-01/P1Y6M", "2022-01/2023-06"),
        ("2022-08-29/P1W", "2022-W35"),
        ("2023-01-02/P11D", "2023-01-02/2023-01-12"),
        ("2022-01-01/P1M1D", "2022-01-01/2022-02-01"),
    ] {
        assert_eq!(text.parse::<Period>().expect(text).to_string(), canonical);
    }
    for wrong in [
        "2022-01-01/P",
        "2022-01-01/P0D",
        "2022-01-01/P11",
        "2022-01-01/PM",
        "2022-01-01/P-1M",
        "2022/P1Y",
        "2022-01-01/P1D1M",
        "2022-01-01/P1MM",
        "2022-01-01/PT1H",
        "2022-01-01/P9999999D",
        "2022-01-01/P999999Y",
        "P11M/2022-01-01",
        "2022-01-01/p11M",
    ] {
        assert!(wrong.parse::<Period>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn every_span_is_read_back_from_its_canonical_form(span in spans()) {
        let canonical = span.to_string();
        prop_assert_eq!(canonical.parse::<Period>(), Ok(span), "{}", canonical);
    }

    #[test]
    fn every_span_is_read_back_from_its_first_day_and_its_length(span in spans()) {
        let written = span.with_length();
        prop_assert_eq!(written.parse::<Period>(), Ok(span), "{}", written);
    }

    #[test]
    fn canonical_forms_are_unique(a in spans(), b in spans()) {
        prop_assert_eq!(a == b, a.to_string() == b.to_string());
    }

    #[test]
    fn normalising_twice_changes_nothing(text in spellings()) {
        if let Ok(period) = text.parse::<Period>() {
            let canonical = period.to_string();
            prop_assert_eq!(canonical.parse::<Period>().map(|p| p.to_string()), Ok(canonical));
        }
    }

    #[test]
    fn the_interval_of_its_days_is_the_same_period(span in spans()) {
        let days = format!("{}/{}", span.first_day(), span.last_day());
        prop_assert_eq!(days.parse::<Period>(), Ok(span));
    }

    #[test]
    fn containment_is_that_of_days(a in spans(), b in spans(), probe in any_day()) {
        let within = |period: &Period| period.first_day() <= probe && probe <= period.last_day();
        if a.contains(&b) {
            prop_assert!(within(&a) || !within(&b));
            prop_assert!(a.first_day() <= b.first_day());
            prop_assert!(!b.contains(&a) || a == b);
        }
        prop_assert!(a.contains(&a));
    }

    #[test]
    fn order_is_by_first_day_then_last(a in spans(), b in spans()) {
        let days = |period: &Period| (period.first_day(), period.last_day());
        prop_assert_eq!(a.cmp(&b), days(&a).cmp(&days(&b)));
    }

    #[test]
    fn months_end_on_their_last_day(year in 1900i32..=2999, month in 1u32..=12) {
        let period = period(&format!("{year}-{month:02}"));
        let after = period.last_day() + Days::new(1);
        prop_assert_eq!(after.day(), 1);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if month == 2 {
            prop_assert_eq!(period.last_day().day(), if leap { 29 } else { 28 });
        }
    }

    #[test]
    fn weeks_run_from_monday_to_sunday(year in 1900i32..=2998, week in 1u32..=53) {
        if let Ok(period) = format!("{year}-W{week:02}").parse::<Period>() {
            prop_assert_eq!(period.first_day().weekday(), Weekday::Mon);
            prop_assert_eq!(period.last_day().weekday(), Weekday::Sun);
            prop_assert_eq!(period.frequency(), Frequency::Week);
            let thursday = period.first_day() + Days::new(3);
            prop_assert_eq!(thursday.year(), year);
        } else {
            prop_assert_eq!(week, 53, "every year has 52 weeks");
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,20}|[0-9SQW/年月日季度周第上下半—至 -]{0,20}") {
        let _period = text.parse::<Period>();
    }
}

#[test]
fn the_period_before_is_of_the_same_frequency() {
    for (now, before) in [
        ("2022", "2021"),
        ("2022-S1", "2021-S2"),
        ("2022-S2", "2022-S1"),
        ("2022-Q1", "2021-Q4"),
        ("2024-03", "2024-02"),
        ("2022-01", "2021-12"),
        ("2022-W01", "2021-W52"),
        ("2022-03-01", "2022-02-28"),
    ] {
        let previous = period(now).previous();
        assert_eq!(previous.map(|period| period.to_string()).as_deref(), Some(before), "{now}");
    }
    for first in ["2022-01/2022-11", "1900", "1900-01-01"] {
        assert_eq!(period(first).previous(), None, "{first}");
    }
}

#[test]
fn the_year_before_has_the_same_months_weeks_and_days() {
    for (now, before) in [
        ("2022", "2021"),
        ("2022-Q1", "2021-Q1"),
        ("2024-02", "2023-02"),
        ("2025-02", "2024-02"),
        ("2022-01/2022-11", "2021-01/2021-11"),
        ("2024-01/2024-02", "2023-01/2023-02"),
        ("2022-W35", "2021-W35"),
        ("2022-08-01", "2021-08-01"),
        ("2022-08-01/2022-08-10", "2021-08-01/2021-08-10"),
    ] {
        let year_before = period(now).year_before();
        assert_eq!(year_before.map(|period| period.to_string()).as_deref(), Some(before), "{now}");
    }
    for alone in ["2024-02-29", "2020-W53", "1900"] {
        assert_eq!(period(alone).year_before(), None, "{alone}");
    }
}

#[test]
fn a_span_is_filled_by_the_periods_wholly_within() {
    let filled = |span: &str, frequency| -> Vec<String> {
        period(span).filled_by(frequency).map(|period| period.to_string()).collect()
    };
    assert_eq!(filled("2022", Frequency::Quarter), ["2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4"]);
    assert_eq!(filled("2022-02/2022-08", Frequency::Quarter), ["2022-Q2"]);
    assert_eq!(filled("2021-12/2022-02", Frequency::Month), ["2021-12", "2022-01", "2022-02"]);
    assert_eq!(filled("2022-08-01/2022-08-14", Frequency::Week), ["2022-W31", "2022-W32"]);
    assert_eq!(filled("2022-08-02/2022-08-14", Frequency::Week), ["2022-W32"]);
    assert_eq!(filled("2024-02-28/2024-03-01", Frequency::Day), ["2024-02-28", "2024-02-29", "2024-03-01"]);
    assert!(filled("2022-02", Frequency::Year).is_empty());
    assert!(filled("2022", Frequency::Interval).is_empty());
    assert_eq!(filled("2998/2999", Frequency::Year), ["2998", "2999"]);
}

proptest! {
    #[test]
    fn what_follows_has_this_one_before(number in 0..400_000_i64, frequency in prop::sample::select(Frequency::ALL)) {
        let day = NaiveDate::from_ymd_opt(1901, 1, 1).expect("a day") + Days::new(number as u64);
        let span = Period::from_days(day, day + Days::new(800)).expect("a period");
        for period in span.filled_by(frequency) {
            prop_assert_eq!(period.frequency(), frequency);
            prop_assert_eq!(period.following().and_then(|next| next.previous()), Some(period));
        }
    }
}
