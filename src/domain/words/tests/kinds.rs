//! Kinds of words, each with its law: written in words and read back, and said in several ways that mean one
//! figure.

use super::cases::{read_for, shipped};
use super::*;
use crate::domain::numeral::tests::spell;

/// Value with its bounds for a metric in this unit, or the code of the refusal.
fn told(text: &str, metric_unit: &str) -> String {
    told_of(text, metric_unit, &shipped())
}

fn told_of(text: &str, metric_unit: &str, units: &[Unit]) -> String {
    match read_for(text, Role::Actual, metric_unit, units) {
        Ok([value, comparator, lower, upper, ..]) => format!("{comparator}{value} {lower}..{upper}"),
        Err(refused) => refused.code.to_owned(),
    }
}

#[test]
fn ranges_are_statements() {
    for (text, unit, meaning) in [
        ("50—60户", "HOUSEHOLD", ">=50 50..60"),
        ("50～60户", "HOUSEHOLD", ">=50 50..60"),
        ("50——60户", "HOUSEHOLD", ">=50 50..60"),
        ("50户至60户", "HOUSEHOLD", ">=50 50..60"),
        ("达到50—60户", "HOUSEHOLD", ">=50 50..60"),
        ("5%到7%之间", "P1", ">=5 5..7"),
        ("在5%至7%之间", "P1", ">=5 5..7"),
        ("介于5%和7%之间", "P1", ">=5 5..7"),
        ("5%至7%不等", "P1", ">=5 5..7"),
        ("百分之五至百分之七", "P1", ">=5 5..7"),
        ("下降5%至7%", "P1", ">=-7 -7..-5"),
        ("增长5%-7%", "P1", ">=5 5..7"),
        ("-3%至-1%", "P1", ">=-3 -3..-1"),
        ("两至三成", "P1", ">=20 20..30"),
        ("七八成", "P1", ">=70 70..80"),
        ("8000万至1亿元", "CNY_10K", ">=8000 8000..10000"),
        ("8000万元至1亿元", "CNY_10K", ">=8000 8000..10000"),
        ("5000元至1万元", "CNY", ">=5000 5000..10000"),
        ("8000—1万人", "PERSON", ">=8000 8000..10000"),
        ("20—30万人次", "PERSON_TIME", ">=200000 200000..300000"),
        ("两三千人", "PERSON", ">=2000 2000..3000"),
        ("三五户", "HOUSEHOLD", ">=3 3..5"),
        ("十七八个", "PIECE", ">=17 17..18"),
        ("一两个", "PIECE", ">=1 1..2"),
        ("三至五年", "ANN", ">=3 3..5"),
        ("50—60户以上", "HOUSEHOLD", "ambiguous_qualifier"),
        ("约50—60户", "HOUSEHOLD", "ambiguous_qualifier"),
        ("60—50户", "HOUSEHOLD", "unreadable_quantity"),
        ("50—60余户", "HOUSEHOLD", "unreadable_quantity"),
        ("50户—60人", "HOUSEHOLD", "unreadable_quantity"),
        ("50户之间", "HOUSEHOLD", "unreadable_quantity"),
        ("50—60—70户", "HOUSEHOLD", "unreadable_quantity"),
        ("2021—2022年", "ANN", "unreadable_quantity"),
        ("2021—2022", "HOUSEHOLD", "unreadable_quantity"),
        ("0730-8888888", "HOUSEHOLD", "unreadable_quantity"),
        ("6:30-7:30", "HOUSEHOLD", "unreadable_quantity"),
    ] {
        assert_eq!(told(text, unit), meaning, "{text}");
    }
}

#[test]
fn shares_are_percentages() {
    for (text, unit, meaning) in [
        ("百分之七十五", "P1", "75 75..75"),
        ("百分之七十五点五", "P1", "75.5 75.5..75.5"),
        ("百分之百", "P1", "100 100..100"),
        ("百分百", "P1", "100 100..100"),
        ("千分之三", "P1", "0.3 0.3..0.3"),
        ("百分之七十以上", "P1", ">=70 70.."),
        ("占百分之七十多", "P1", ">70 70..80"),
        ("六成多", "P1", ">60 60..70"),
        ("近九成", "P1", "<90 ..90"),
        ("八成左右", "P1", "~80 .."),
        ("占全市的1/10", "P1", "10 10..10"),
        ("约占三分之一", "P1", "~33.333333 .."),
        ("超三分之二", "P1", ">66.666667 66.666667.."),
        ("近半", "P1", "<50 ..50"),
        ("半数以上", "P1", ">=50 50.."),
        ("半", "P1", "unreadable_quantity"),
        ("大半", "P1", "unreadable_quantity"),
        ("3/2", "P1", "unreadable_quantity"),
        ("0/2", "P1", "unreadable_quantity"),
        ("2022/11", "P1", "unreadable_quantity"),
        ("三分之二", "HOUSEHOLD", "unit_incompatible"),
        ("八成", "CNY_10K", "unit_incompatible"),
        ("百分之", "P1", "unreadable_quantity"),
    ] {
        assert_eq!(told(text, unit), meaning, "{text}");
    }
    let third = read("三分之一", Role::Actual).expect("a share");
    assert_eq!(third.warnings, ["rounded"]);
    assert_eq!(read("1/4", Role::Actual).expect("a share").warnings, [""; 0]);
}

#[test]
fn growth_is_a_rate_with_its_sign() {
    for (text, unit, meaning) in [
        ("比上年增长5.5%", "P1", "5.5 5.5..5.5"),
        ("较2020年同期下降12%", "P1", "-12 -12..-12"),
        ("年均增长8%以上", "P1", ">=8 8.."),
        ("8%的增长", "P1", "8 8..8"),
        ("增幅达6.1%", "P1", "6.1 6.1..6.1"),
        ("降幅超过5%", "P1", "<-5 ..-5"),
        ("减少5%以上", "P1", "<=-5 ..-5"),
        ("下降不到5%", "P1", ">-5 -5.."),
        ("下降约5%", "P1", "~-5 .."),
        ("同比增12.3%", "P1", "12.3 12.3..12.3"),
        ("增长-2%", "P1", "-2 -2..-2"),
        ("与上年持平", "P1", "0 0..0"),
        ("基本持平", "P1", "~0 .."),
        ("翻一番", "P1", "100 100..100"),
        ("翻两番", "P1", "300 300..300"),
        ("增长近一倍", "P1", "<100 ..100"),
        ("增长一倍半", "P1", "150 150..150"),
        ("实现两位数增长", "P1", ">=10 10.."),
        ("增长2.5个百分点", "PERCENTAGE_POINT", "2.5 2.5..2.5"),
        ("增长2.5个百分点", "P1", "unit_incompatible"),
        ("增长12%", "CNY_10K", "change_of_no_rate"),
        ("增长12万元", "CNY_10K", "change_of_no_rate"),
        ("减少12户", "HOUSEHOLD", "change_of_no_rate"),
        ("持平", "HOUSEHOLD", "change_of_no_rate"),
        ("零增长", "CNY_10K", "change_of_no_rate"),
        ("下降-5%", "P1", "unreadable_quantity"),
        ("下降30余%", "P1", "unreadable_quantity"),
        ("增速下降2%", "P1", "unreadable_quantity"),
        ("比上年100户", "HOUSEHOLD", "unreadable_quantity"),
        ("高于上年5%", "P1", "unreadable_quantity"),
        ("个位数增长", "P1", "unreadable_quantity"),
        ("增加值100亿元", "CNY_100M", "unreadable_quantity"),
    ] {
        assert_eq!(told(text, unit), meaning, "{text}");
    }
}

#[test]
fn levels_are_read_behind_their_verbs() {
    for (text, unit, meaning) in [
        ("增长到57个", "PIECE", "57 57..57"),
        ("提高到80%", "P1", "80 80..80"),
        ("控制在5%以内", "P1", "<=5 ..5"),
        ("占全年任务数的85%", "P1", "85 85..85"),
        ("完成全年目标的101.5%", "P1", "101.5 101.5..101.5"),
        ("占比超过三成", "P1", ">30 30.."),
        ("已完成12个", "PIECE", "12 12..12"),
        ("累计新增30余户", "HOUSEHOLD", ">30 30..40"),
        ("≥95%", "P1", ">=95 95.."),
        ("≤5%", "P1", "<=5 ..5"),
        ("＞5%", "P1", ">5 5.."),
        ("<=5%", "P1", "<=5 ..5"),
        ("最多10万元", "CNY_10K", "<=10 ..10"),
        ("10个及以上", "PIECE", ">=10 10.."),
        ("5%（含）以下", "P1", "<=5 ..5"),
        ("突破60亿元大关", "CNY_100M", ">60 60.."),
        ("不到100户", "HOUSEHOLD", "<100 ..100"),
        ("大约100户", "HOUSEHOLD", "~100 .."),
    ] {
        assert_eq!(told(text, unit), meaning, "{text}");
    }
}

#[test]
fn ranks_belong_to_metrics_of_ranks() {
    for (text, unit, meaning) in [
        ("第一", "RANK", "1 1..1"),
        ("第4位", "RANK", "4 4..4"),
        ("首位", "RANK", "1 1..1"),
        ("居全省第2位", "RANK", "2 2..2"),
        ("全市第十", "RANK", "10 10..10"),
        ("排名第3名", "PERSON_WEI", "3 3..3"),
        ("前三", "RANK", "<=3 ..3"),
        ("位列前十名", "RANK", "<=10 ..10"),
        ("首家", "ENTERPRISE", "1 1..1"),
        ("第一", "CNY_10K", "rank_of_no_rank"),
        ("第一", "HOUSEHOLD", "rank_of_no_rank"),
        ("第一产业", "PIECE", "unreadable_quantity"),
        ("前三季度", "PIECE", "unreadable_quantity"),
        ("增长第一", "RANK", "unreadable_quantity"),
        ("首批", "PIECE", "unreadable_quantity"),
    ] {
        assert_eq!(told(text, unit), meaning, "{text}");
    }
}

#[test]
fn numerals_and_typing() {
    for (text, unit, meaning) in [
        ("3亿5千万元", "CNY_10K", "35000 35000..35000"),
        ("3亿5千万余元", "CNY_10K", ">35000 35000..36000"),
        ("1亿500万元", "CNY_10K", "10500 10500..10500"),
        ("2万5千人", "PERSON", "25000 25000..25000"),
        ("1万2000元", "CNY", "12000 12000..12000"),
        ("十二点五公里", "KMT", "12.5 12.5..12.5"),
        ("十几人", "PERSON", ">10 10..20"),
        ("二十几户", "HOUSEHOLD", ">20 20..30"),
        ("十几万人", "PERSON", ">100000 100000..200000"),
        ("200来万元", "CNY_10K", "~200 .."),
        ("十来户", "HOUSEHOLD", "~10 .."),
        ("半亩", "MU", "0.5 0.5..0.5"),
        ("十多亩", "MU", ">10 10..20"),
        ("1倍多", "P1", ">100 100..200"),
        ("伍仟元整", "CNY", "5000 5000..5000"),
        ("叁万贰仟元整", "CNY", "32000 32000..32000"),
        ("三萬元", "CNY", "30000 30000..30000"),
        ("20 余万元", "CNY_10K", ">20 20..30"),
        ("—3.2%", "P1", "-3.2 -3.2..-3.2"),
        ("5KM", "KMT", "5 5..5"),
        ("12.5MW", "KWT", "12500 12500..12500"),
        ("1.2亿度", "KWH", "120000000 120000000..120000000"),
        ("５０户。", "HOUSEHOLD", "50 50..50"),
        ("（５０户）", "HOUSEHOLD", "50 50..50"),
        ("千余人", "PERSON", ">1000 1000..2000"),
        ("百余万元", "CNY_10K", ">100 100..200"),
        ("万余亩", "MU", ">10000 10000..20000"),
        ("千万元以上", "CNY_10K", ">=1000 1000.."),
        ("过万户", "HOUSEHOLD", ">10000 10000.."),
        ("近万元", "CNY", "<10000 ..10000"),
        ("上百万元", "CNY_10K", ">=100 100.."),
        ("突破万亿元", "CNY_100M", ">10000 10000.."),
        ("10斤/亩", "KGM_PER_MU", "5 5..5"),
        ("35微克/立方米", "GQ", "35 35..35"),
        ("13500元/人", "CNY_PER_PERSON", "13500 13500..13500"),
    ] {
        assert_eq!(told(text, unit), meaning, "{text}");
    }
}

#[test]
fn what_is_open_stays_refused() {
    for (text, unit) in [
        ("数十人", "PERSON"),
        ("数百户", "HOUSEHOLD"),
        ("几十户", "HOUSEHOLD"),
        ("好几户", "HOUSEHOLD"),
        ("若干户", "HOUSEHOLD"),
        ("1:3", "P1"),
        ("三个100%", "P1"),
        ("13户24人", "HOUSEHOLD"),
        ("13户24人", "PERSON"),
        ("半年", "ANN"),
        ("上半年", "ANN"),
        ("2022年", "ANN"),
        ("过去5年", "ANN"),
        ("半个", "PIECE"),
        ("1万2人", "PERSON"),
        ("3万2元", "CNY"),
        ("一万二人", "PERSON"),
        ("千百户", "HOUSEHOLD"),
        ("百十户", "HOUSEHOLD"),
        ("千克", "KGM"),
        ("近千米", "MTR"),
        ("百", "PERSON"),
        ("万", "CNY_10K"),
        ("亿元", "CNY_100M"),
        ("三点", "PERSON"),
        ("八点三十", "PERSON"),
        ("100亩多", "MU"),
        ("两户多", "HOUSEHOLD"),
        ("上5000人", "PERSON"),
        ("各5万元", "CNY_10K"),
        ("每户5万元", "CNY_10K"),
        ("人均5万元", "CNY_10K"),
        ("100万元、200万元", "CNY_10K"),
        ("3亿5", "CNY_100M"),
        ("007户", "HOUSEHOLD"),
        ("5年3个月", "ANN"),
        ("几", "PIECE"),
        ("百分之几", "P1"),
        ("3月5日", "PIECE"),
    ] {
        let meaning = told(text, unit);
        assert!(["unreadable_quantity", "unknown_unit"].contains(&meaning.as_str()), "{text}: {meaning}");
    }
}

/// Words that introduce a figure and say nothing of it.
const LEADS: [&str; 12] =
    ["累计", "总计", "新增", "完成", "其中", "仅", "共", "为", "已完成", "增加到", "力争", "确保"];

proptest! {
    #[test]
    fn two_ends_are_read_however_they_are_joined(
        low in 1i64..1_000_000, room in 1i64..1_000_000,
        joint in prop::sample::select(vec!["—", "–", "-", "～", "至", "到", "户至"]),
        times in prop::sample::select(vec![("", 1), ("万", 10_000)]),
    ) {
        let high = low + room;
        let number = |number: i64| Decimal::from_millionths(number * 1_000_000).expect("a number");
        let (multiplier, factor) = if joint == "户至" { ("", 1) } else { times };
        let range = read(&format!("{low}{joint}{high}{multiplier}户"), Role::Actual).expect("readable");
        let stated = Quantity::stated(number(low * factor), 0, Some(Comparator::AtLeast), None, Some(number(high * factor)));
        prop_assert_eq!(Ok(range.quantity), stated);
        prop_assert_eq!(read(&write(&range.quantity, "户"), Role::Target).expect("readable").quantity, range.quantity);
        let backwards = read(&format!("{high}{joint}{low}户"), Role::Actual);
        prop_assert!(backwards.is_err());
    }

    #[test]
    fn a_share_is_the_same_in_digits_in_words_and_in_percent(of in 2i64..1000, part in 1i64..1000) {
        prop_assume!(part < of);
        let units = shipped();
        let told = |text: String| told_of(&text, "P1", &units);
        let share = told(format!("{part}/{of}"));
        prop_assert_eq!(&told(format!("{}分之{}", spell(of), spell(part))), &share);
        prop_assert_eq!(&told(format!("占{part}/{of}")), &share);
        if of == 100 || 100 % of == 0 {
            prop_assert_eq!(&told(format!("百分之{}", spell(part * 100 / of))), &share);
            prop_assert_eq!(&told(format!("{}%", part * 100 / of)), &share);
        }
    }

    #[test]
    fn tenths_are_tens_of_percent(tenths in 1i64..10, after in prop::sample::select(vec!["", "以上", "左右"])) {
        let units = shipped();
        let percent = told_of(&format!("{}%{after}", tenths * 10), "P1", &units);
        for tenths in [tenths.to_string(), spell(tenths)] {
            prop_assert_eq!(&told_of(&format!("{tenths}成{after}"), "P1", &units), &percent);
        }
    }

    #[test]
    fn a_fall_is_a_growth_below_nothing(
        tenths in 1i64..10_000,
        qualifier in prop::sample::select(vec![("", ""), ("约", "约"), ("超过", "低于"), ("不超过", "不低于"), ("不低于", "不超过"), ("近", "超过")]),
    ) {
        let units = shipped();
        let (value, decimal) = (tenths / 10, tenths % 10);
        let (said, turned) = qualifier;
        let fall = told_of(&format!("下降{said}{value}.{decimal}%"), "P1", &units);
        prop_assert_eq!(&fall, &told_of(&format!("{turned}-{value}.{decimal}%"), "P1", &units));
        let rise = told_of(&format!("增长{said}{value}.{decimal}%"), "P1", &units);
        prop_assert_eq!(rise, told_of(&format!("{said}{value}.{decimal}%"), "P1", &units));
    }

    #[test]
    fn a_multiplier_alone_is_one_of_itself(
        of in prop::sample::select(vec![("百", 100i64), ("千", 1000), ("万", 10_000), ("百万", 1_000_000), ("千万", 10_000_000), ("亿", 100_000_000)]),
        before in prop::sample::select(vec![("近", "近"), ("超", "超过"), ("突破", "突破"), ("过", "超过"), ("上", "不少于"), ("约", "约")]),
    ) {
        let (units, (word, number), (said, plain)) = (shipped(), of, before);
        prop_assert_eq!(
            told_of(&format!("{said}{word}个"), "PIECE", &units),
            told_of(&format!("{plain}{number}个"), "PIECE", &units)
        );
        prop_assert_eq!(
            told_of(&format!("{word}个以上"), "PIECE", &units),
            told_of(&format!("{number}个以上"), "PIECE", &units)
        );
    }

    #[test]
    fn figures_in_two_parts_are_their_sum(above in 1i64..1000, below in 1i64..10_000, after in prop::sample::select(vec!["", "余"])) {
        let units = shipped();
        let sum = above * 10_000 + below;
        let parts = told_of(&format!("{above}亿{below}万元"), "CNY_10K", &units);
        prop_assert_eq!(parts, told_of(&format!("{sum}万元"), "CNY_10K", &units));
        let written = format!("{above}亿{below}万{after}元");
        let plain = told_of(&format!("{sum}万{after}元"), "CNY_10K", &units);
        prop_assert_eq!(told_of(&written, "CNY_10K", &units), plain);
    }

    #[test]
    fn a_numeral_with_a_point_is_its_digits(whole in 0i64..100_000, fraction in "[0-9]{1,4}") {
        let digits: String = fraction.chars().map(|c| "零一二三四五六七八九".chars().nth(c as usize - '0' as usize).expect("a digit")).collect();
        let spelled = read(&format!("{}点{digits}%", spell(whole)), Role::Actual).expect("readable");
        prop_assert_eq!(spelled, read(&format!("{whole}.{fraction}%"), Role::Actual).expect("readable"));
    }

    #[test]
    fn what_introduces_a_figure_changes_nothing(quantity in quantities(), lead in prop::sample::select(LEADS.to_vec()), stop in prop::sample::select(vec!["", "。", "；"])) {
        let plain = write(&quantity, "亩");
        let read = |text: &str| read(text, Role::Actual);
        prop_assert_eq!(read(&format!("{lead}{plain}{stop}")), read(&plain), "{}{}{}", lead, plain, stop);
    }

    #[test]
    fn every_rank_is_its_number(rank in 1i64..1000) {
        let units = shipped();
        for text in [format!("第{rank}"), format!("第{}位", spell(rank)), format!("居全市第{rank}名")] {
            prop_assert_eq!(told_of(&text, "RANK", &units), format!("{rank} {rank}..{rank}"));
        }
        prop_assert_eq!(told_of(&format!("前{}", spell(rank)), "RANK", &units), format!("<={rank} ..{rank}"));
    }
}
