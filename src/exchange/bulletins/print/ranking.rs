//! A ranking as it is printed.

use super::figure::Figure;
use super::table::{Cell, SOURCE, Table};
use crate::domain::codes::{Accumulation, Level};
use crate::exchange::bulletins::content::{
    BulletinNumber, BulletinTotal, NamedArea, RankedArea, RankingContent,
};
use crate::statistics::ranking::By;

/// What it comes to.
pub(super) fn lead(content: &RankingContent, since: Option<&str>) -> Vec<String> {
    let RankingContent { metric_name, unit_name, period, reported, expected, decimals, .. } = content;
    let mut lead = vec![format!(
        "{metric_name}（{period}）：应报{} {expected} 个，已报 {reported} 个，未报 {} 个。",
        level(content.level),
        expected - reported
    )];
    let number = content.total.as_ref().and_then(|total| Some((total, total.number.as_ref()?)));
    if let Some((total, number)) = number {
        let number = Figure::new(number, *decimals, false);
        let change = since.map_or_else(String::new, |since| change(content, total, since));
        lead.push(format!("已报的合计 {number}{unit_name}{change}。"));
        lead.extend(total.change_note.iter().map(|note| note.text.clone()));
    }
    lead.extend(content.not_compared.iter().map(|why| why.text.clone()));
    lead
}

/// What the total has changed, where that is known.
fn change(content: &RankingContent, total: &BulletinTotal, since: &str) -> String {
    let Some(change) = &total.change else { return String::new() };
    let change = Figure::new(change, content.decimals, true);
    match total.compared.filter(|_| total.change_note.is_some()) {
        None => format!("，较{since} {change}"),
        Some(both) => format!("；较{since}，两期均报的 {both} 个{}合计 {change}", level(content.level)),
    }
}

/// Its tables.
pub(super) fn tables(content: &RankingContent) -> Vec<Table> {
    let mut columns = vec!["名次".to_owned(), "区划".to_owned(), format!("数值（{}）", content.unit_name)];
    match content.by {
        By::Value => {}
        By::Change => columns.push("较上一时期".to_owned()),
        By::Completion => columns.push("完成（%）".to_owned()),
    }
    columns.extend(["较上期通报", "名次升降", "上期名次", "可能名次"].map(str::to_owned));
    let areas = |named: &[NamedArea]| -> Vec<Vec<Cell>> {
        let cells = |of: &NamedArea| vec![Cell::Name(of.name.clone()), Cell::Text(of.area.to_string())];
        named.iter().map(cells).collect()
    };
    let named = || ["区划", "代码"].map(str::to_owned).to_vec();
    vec![
        Table {
            sheet: "排名",
            caption: "排名".to_owned(),
            columns,
            rows: content.rows.iter().map(|row| ranked(content, row)).collect(),
            nothing: Some("无人报送。"),
        },
        Table {
            sheet: "未报送",
            caption: "未报送".to_owned(),
            columns: named(),
            rows: areas(&content.not_reported),
            nothing: Some("无，全部已报送。"),
        },
        Table {
            sheet: "未排名",
            caption: "已报送但无从排名（缺上一时期数值或目标）".to_owned(),
            columns: named(),
            rows: areas(&content.unranked),
            nothing: None,
        },
    ]
}

fn ranked(content: &RankingContent, row: &RankedArea) -> Vec<Cell> {
    let figure = |number: &Option<BulletinNumber>, decimals, signed| {
        number.as_ref().map_or(Cell::Empty, |number| Cell::Number(Figure::new(number, decimals, signed)))
    };
    let stated = Figure::stated(&row.number, row.text.as_deref(), &content.unit_name, content.decimals);
    let mut cells = vec![Cell::Count(row.rank), Cell::Name(row.area_name.clone()), Cell::Number(stated)];
    match content.by {
        By::Value => {}
        By::Change => cells.push(figure(&row.period_change, content.decimals, true)),
        By::Completion => cells.push(figure(&row.completion, 0, false)),
    }
    cells.push(figure(&row.change, content.decimals, true));
    cells.push(row.movement.map_or(Cell::Empty, Cell::Move));
    cells.push(row.previous_rank.map_or(Cell::Empty, Cell::Count));
    cells.push(Cell::Ranks(row.best_rank, row.worst_rank));
    cells
}

/// How to read it.
pub(super) fn notes(content: &RankingContent) -> Vec<(&'static str, String)> {
    let accumulation = match content.accumulation {
        Accumulation::Period => "当期数",
        Accumulation::YearToDate => "年初累计数",
        Accumulation::InceptionToDate => "历史累计数",
        Accumulation::Instant => "时点数",
    };
    let by = match content.by {
        By::Value => "数值",
        By::Change => "较上一时期的变化",
        By::Completion => "完成目标的百分比",
    };
    let order = if content.ascending { "从小到大" } else { "从大到小" };
    let mut notes = vec![
        ("指标口径", content.definition.clone()),
        (
            "排名方法",
            format!("按{by}{order}（{accumulation}）；数值相同的名次并列，其后名次顺延。未报送的不排名。"),
        ),
        (
            "可能名次",
            "原文有“余、近、约、以上”等限定词时，真实数值在一个范围内，名次也在一个范围内。".to_owned(),
        ),
    ];
    if let Some(why) = &content.no_total {
        notes.push(("不作合计", why.text.clone()));
    }
    notes.push(("数据来源", SOURCE.to_owned()));
    notes
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Province => "省级区划",
        Level::Prefecture => "市级区划",
        Level::County => "县级区划",
        Level::Township => "乡镇（街道）",
        Level::Village => "村（社区）",
    }
}
