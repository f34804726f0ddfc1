//! The words before a figure: qualifiers, verbs of growth and of level, and words that introduce it. A verb
//! never changes which metric is meant; it stays in the text.

use super::qualifier::{Around, Change};
use crate::domain::codes::Role;
use crate::domain::quantity::Comparator;

#[derive(Clone, Copy)]
enum Meaning {
    /// Introduces the figure and says nothing of it.
    Nothing,
    /// Introduces a share or a rank, of the place that may be named next (占全市的, 居全省).
    OfPlace,
    /// At least in a target; in everything else it introduces the figure.
    Reaches,
    Is(Comparator),
    Changes(Change),
}

/// Words before the number, with what they mean. The longest that fits is taken.
const WORDS: [(Meaning, &[&str]); 11] = [
    (
        Meaning::Nothing,
        &[
            "共计",
            "合计",
            "总计",
            "累计",
            "总共",
            "一共",
            "共有",
            "现有",
            "拥有",
            "共",
            "有",
            "为",
            "是",
            "已",
            "已经",
            "其中",
            "仅",
            "仅有",
            "只有",
            "新增",
            "净增",
            "新建",
            "建成",
            "完成",
            "实现",
            "累计完成",
            "投入",
            "投资",
            "总投资",
            "安排",
            "发放",
            "预计",
            "预期",
            "计划",
            "目标",
            "力争",
            "确保",
            "争取",
            "努力",
            "保证",
            "保持",
            "保持在",
            "稳定",
            "稳定在",
            "维持在",
            "控制在",
            "在",
            "介于",
            "高达",
            "多达",
            "同比",
            "环比",
            "年均",
            "全年",
            "增至",
            "升至",
            "增加到",
            "增加至",
            "增长到",
            "增长至",
            "提高到",
            "提高至",
            "提升到",
            "提升至",
            "上升到",
            "上升至",
            "扩大到",
            "发展到",
            "降至",
            "降到",
            "下降到",
            "下降至",
            "减少到",
            "减少至",
            "减至",
            "降低到",
            "降低至",
            "压减到",
            "压减至",
            "控制到",
            "完成率",
            "占比",
            "比重",
            "比例",
            "进度",
            "的",
        ],
    ),
    (
        // What is done, as a share of what was planned.
        Meaning::Nothing,
        &[
            "年度任务",
            "年度计划",
            "年度目标",
            "年度预算",
            "全年任务",
            "全年计划",
            "全年目标",
            "全年预算",
            "年初预算",
            "年初计划",
            "目标任务",
            "任务",
            "任务数",
            "任务量",
            "年度任务数",
            "全年任务数",
            "年度任务量",
            "全年任务量",
            "目标数",
            "计划数",
            "预算数",
            "年度目标任务",
            "全年目标任务",
            "总任务",
            "总任务数",
            "总数",
            "总量",
            "总额",
            "总面积",
            "总人口",
        ],
    ),
    (
        Meaning::OfPlace,
        &["占", "居", "位居", "位列", "列", "名列", "排", "排名", "排在", "排名在", "居于", "跃居", "位次"],
    ),
    (Meaning::Reaches, &["达到", "达"]),
    (Meaning::Is(Comparator::About), &["约", "大约", "大概", "大致"]),
    (
        Meaning::Is(Comparator::Less),
        &["近", "将近", "接近", "不足", "不满", "未满", "低于", "不到", "少于", "小于", "<"],
    ),
    (
        Meaning::Is(Comparator::AtMost),
        &["不超过", "不超", "不高于", "不大于", "不多于", "至多", "最多", "≤", "<="],
    ),
    (Meaning::Is(Comparator::AtLeast), &["不少于", "不低于", "不小于", "至少", "最少", "起码", "≥", ">="]),
    (Meaning::Is(Comparator::More), &["超过", "超出", "超", "突破", "逾", "高于", "大于", "多于", "过", ">"]),
    (
        Meaning::Changes(Change::Rise),
        &[
            "增长",
            "增加",
            "增",
            "上升",
            "提高",
            "提升",
            "增幅",
            "增速",
            "涨幅",
            "上涨",
            "增长率",
            "增长速度",
            "增长幅度",
        ],
    ),
    (
        Meaning::Changes(Change::Fall),
        &["下降", "减少", "降低", "降", "减", "降幅", "减幅", "回落", "下滑", "下跌", "负增长", "压减"],
    ),
];

/// Words that introduce an earlier figure, with which this one is compared.
const BESIDE: [&str; 5] = ["比", "较", "与", "同", "和"];

/// What a figure is compared with.
const EARLIER: [&str; 16] = [
    "上年度同期",
    "上年同期",
    "去年同期",
    "上年末",
    "上年底",
    "去年底",
    "去年末",
    "上年度",
    "上季度",
    "上年",
    "去年",
    "前年",
    "上月",
    "年初",
    "同期",
    "上一年",
];

/// Places of which something is a share, or among which it is ranked.
const PLACES: [&str; 9] = ["全国", "全省", "全市", "全县", "全区", "全州", "全镇", "全乡", "全村"];

/// Takes the words before the number off the text.
pub(super) fn take<'a>(text: &'a str, role: Role, around: &mut Around) -> &'a str {
    let mut rest = text;
    loop {
        if let Some(after) = after_comparison(rest) {
            around.compared = true;
            rest = after.trim_start();
        } else if let Some(after) = after_up_to(rest) {
            around.comparators.push(Comparator::AtLeast);
            rest = after;
        } else if let Some((word, meaning)) = longest(rest) {
            rest = rest[word.len()..].trim_start();
            match meaning {
                Meaning::Nothing => {}
                Meaning::OfPlace => rest = after_place(rest),
                Meaning::Reaches => around.reaches |= role == Role::Target,
                Meaning::Is(comparator) => around.comparators.push(comparator),
                Meaning::Changes(change) => around.changes(change),
            }
        } else {
            return rest;
        }
    }
}

/// The text without the place that it begins with, if any.
pub(super) fn after_place(text: &str) -> &str {
    PLACES.iter().find_map(|place| text.strip_prefix(place)).unwrap_or(text)
}

/// Whether a qualifier is left in the words of a unit, where none can be read; 余 and 多 are some, too.
pub(super) fn is_in(unit: &str) -> bool {
    let qualifies = |meaning: &Meaning| matches!(meaning, Meaning::Is(_) | Meaning::Reaches);
    WORDS
        .iter()
        .filter(|(meaning, _)| qualifies(meaning))
        .flat_map(|(_, words)| *words)
        .any(|word| unit.contains(word))
        || unit.contains(['共', '余', '多'])
}

fn longest(text: &str) -> Option<(&'static str, Meaning)> {
    let all = WORDS.iter().flat_map(|&(meaning, words)| words.iter().map(move |&word| (word, meaning)));
    all.filter(|(word, _)| text.starts_with(word)).max_by_key(|(word, _)| word.len())
}

/// 比上年, 较2020年同期, 与上年相比: the text after it.
fn after_comparison(text: &str) -> Option<&str> {
    let rest = BESIDE.iter().find_map(|word| text.strip_prefix(word))?;
    let rest = match EARLIER.iter().find_map(|word| rest.strip_prefix(word)) {
        Some(after) => after,
        None => {
            let (year, after) = rest.split_at_checked(4)?;
            let after =
                year.bytes().all(|byte| byte.is_ascii_digit()).then_some(after)?.strip_prefix('年')?;
            ["同期", "末", "底"].iter().find_map(|word| after.strip_prefix(word)).unwrap_or(after)
        }
    };
    Some(rest.strip_prefix("相比").unwrap_or(rest))
}

/// 上 before a multiplier without a digit: 上百人, 上万元.
fn after_up_to(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('上')?;
    let shares = rest.starts_with("百分") || rest.starts_with("千分");
    (!shares && rest.starts_with(['十', '百', '千', '万', '亿'])).then_some(rest)
}
