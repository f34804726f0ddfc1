//! The scoreboard of a plan as it is printed.

use super::figure::Figure;
use super::table::{Cell, SOURCE, Table};
use crate::domain::decimal::Decimal;
use crate::exchange::bulletins::content::{BoardContent, LightShift, OverdueLine, Reason, Stand};

/// What it comes to.
pub(super) fn lead(content: &BoardContent, since: Option<&str>) -> Vec<String> {
    let Stand { now, previous } = &content.total;
    let lights = &now.lights;
    let mut lead = vec![format!(
        "{}：共 {} 项，绿灯 {} 项，黄灯 {} 项，红灯 {} 项，已完成（蓝灯）{} 项，其他（灰灯）{} 项；超期 {} 项，未按周期报送 {} 项。",
        content.plan_title,
        now.items,
        lights.green,
        lights.yellow,
        lights.red,
        lights.blue,
        lights.grey,
        content.overdue_count,
        content.not_reported.len(),
    )];
    if let Some(completion) = now.completion {
        lead.push(format!("总体完成 {completion}%。"));
    }
    if let Some((since, previous)) = since.zip(previous.as_ref()) {
        lead.push(format!(
            "较{since}：红灯 {:+} 项，黄灯 {:+} 项；变差 {} 项，好转 {} 项。",
            lights.red - previous.lights.red,
            lights.yellow - previous.lights.yellow,
            content.worse.len(),
            content.better.len(),
        ));
    }
    lead
}

/// Its tables.
pub(super) fn tables(content: &BoardContent) -> Vec<Table> {
    let sections =
        content.by_section.iter().map(|row| stand(Cell::Title(row.title.clone()), &row.stand)).collect();
    let unit = |unit: &Option<String>| Cell::Title(unit.clone().unwrap_or_else(|| "（未明确）".to_owned()));
    let units = content.by_unit.iter().map(|row| stand(unit(&row.lead_unit), &row.stand)).collect();
    let areas = content.by_area.iter().map(|row| stand(Cell::Name(row.name.clone()), &row.stand)).collect();
    let counted = |sheet: &'static str, first: &str, rows| Table {
        sheet,
        caption: sheet.to_owned(),
        columns: [first, "事项", "完成（%）", "较上期", "绿", "黄", "红", "蓝", "灰", "红灯增减"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        nothing: None,
    };
    let listed = |sheet: &'static str, caption: &str, more: &[&str], rows, nothing| Table {
        sheet,
        caption: caption.to_owned(),
        columns: ["事项", "代码", "牵头单位"].iter().chain(more).map(|name| (*name).to_owned()).collect(),
        rows,
        nothing,
    };
    let shifted = |rows: &[LightShift]| rows.iter().map(shift).collect();
    let silent = content.not_reported.iter().map(|item| {
        let mut cells = head(&item.title, &item.code, &item.lead_unit);
        cells.push(Cell::Text(told(&item.reasons)));
        cells
    });
    vec![
        counted("分板块", "板块", sections),
        counted("分单位", "牵头单位", units),
        counted("分区划", "区划", areas),
        listed("变差", "亮灯变差的事项", &["上期", "本期", "原因"], shifted(&content.worse), None),
        listed("好转", "亮灯好转的事项", &["上期", "本期", "原因"], shifted(&content.better), None),
        listed(
            "超期",
            "超期最久的事项",
            &["期限", "超期天数"],
            content.overdue.iter().map(overdue).collect(),
            Some("无。"),
        ),
        listed("未报送", "未按周期报送进展的事项", &["情况"], silent.collect(), Some("无。")),
    ]
}

fn stand(name: Cell, stand: &Stand) -> Vec<Cell> {
    let Stand { now, previous } = stand;
    let percent = |value, signed| Cell::Number(Figure::plain(value, 0, signed));
    let gained = previous.as_ref().and_then(|before| now.completion?.checked_sub(before.completion?).ok());
    let red = previous.as_ref().and_then(|before| signed(now.lights.red - before.lights.red));
    let lights = &now.lights;
    vec![
        name,
        Cell::Count(now.items),
        now.completion.map_or(Cell::Empty, |value| percent(value, false)),
        gained.map_or(Cell::Empty, |value| percent(value, true)),
        Cell::Count(lights.green),
        Cell::Count(lights.yellow),
        Cell::Count(lights.red),
        Cell::Count(lights.blue),
        Cell::Count(lights.grey),
        red.unwrap_or(Cell::Empty),
    ]
}

fn signed(count: i64) -> Option<Cell> {
    let value = Decimal::from_millionths(count.checked_mul(1_000_000)?).ok()?;
    Some(Cell::Number(Figure::plain(value, 0, true)))
}

fn head(title: &str, code: &str, unit: &Option<String>) -> Vec<Cell> {
    let unit = unit.clone().map_or(Cell::Empty, Cell::Text);
    vec![Cell::Title(title.to_owned()), Cell::Text(code.to_owned()), unit]
}

fn shift(item: &LightShift) -> Vec<Cell> {
    let mut cells = head(&item.title, &item.code, &item.lead_unit);
    cells.extend([Cell::Light(item.from), Cell::Light(item.to), Cell::Text(told(&item.reasons))]);
    cells
}

fn overdue(item: &OverdueLine) -> Vec<Cell> {
    let mut cells = head(&item.title, &item.code, &item.lead_unit);
    cells.extend([Cell::Text(item.due_on.clone()), Cell::Count(item.days_overdue)]);
    cells
}

fn told(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("；")
}

/// How to read it.
pub(super) fn notes(content: &BoardContent) -> Vec<(&'static str, String)> {
    vec![
        (
            "亮灯规则",
            format!(
                "第 {} 版：进度落后、临近或超过期限、未按时启动、未按周期报送、目标未达或关联项目停工亮黄灯或红灯；已完成为蓝灯，未到时间或无从判断为灰灯。",
                content.rule
            ),
        ),
        ("完成程度", "按权重汇总各事项的进度；已完成的为 100%，无人报告的为 0。".to_owned()),
        ("数据来源", SOURCE.to_owned()),
    ]
}
