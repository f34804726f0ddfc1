//! A bulletin as one page of HTML, to be printed on A4. It loads nothing and runs nothing; every text is
//! escaped as it is put in.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::print::Printed;
use super::print::table::{Cell, Table, light, ranks};
use crate::domain::light::LightColor;

/// The style of the page: the red head of an official document, black tables.
const STYLE: &str = include_str!("page.css");

/// The page.
pub fn page(printed: &Printed) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (printed.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.organ { (printed.issuer) "通报" }
                    p.number {
                        @if let Some(number) = &printed.document_number { span { (number) } }
                        span { (printed.issue) }
                    }
                }
                main {
                    h1 { (printed.title) }
                    p.day { time datetime=(printed.date) { (printed.day) } }
                    @for line in &printed.lead { p.lead { (line) } }
                    @for table in &printed.tables { (section(table)) }
                    section {
                        h2 { "说明" }
                        dl {
                            @for (name, text) in &printed.notes { dt { (name) } dd { (text) } }
                        }
                    }
                }
                footer {
                    p { (printed.issuer) }
                    @if let Some(person) = &printed.signatory { p { "签发人：" (person) } }
                    p { time datetime=(printed.issued_on) { (printed.issued_day) } }
                }
            }
        }
    };
    page.into_string()
}

fn section(table: &Table) -> Markup {
    html! {
        @if table.rows.is_empty() {
            @if let Some(nothing) = table.nothing { section { h2 { (table.caption) } p { (nothing) } } }
        } @else {
            div.table {
                table {
                    caption { (table.caption) }
                    thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                    tbody { @for row in &table.rows { tr { @for cell in row { (told(cell)) } } } }
                }
            }
        }
    }
}

fn told(cell: &Cell) -> Markup {
    match cell {
        Cell::Empty => html! { td {} },
        Cell::Text(text) => html! { td { (text) } },
        Cell::Name(text) => html! { th.name scope="row" { (text) } },
        Cell::Title(text) => html! { th scope="row" { (text) } },
        Cell::Count(number) => html! { td.figure { (number) } },
        Cell::Number(figure) => html! { td.figure { (figure) } },
        Cell::Ranks(best, worst) => html! { td.name { (ranks(*best, *worst)) } },
        Cell::Light(color) => html! { td { span class=(class(*color)) { (light(*color)) } } },
        Cell::Move(0) => html! { td.figure { "持平" } },
        Cell::Move(ranks) => {
            let (arrow, word, class) =
                if *ranks > 0 { ("↑", "上升", "up") } else { ("↓", "下降", "down") };
            let count = ranks.unsigned_abs();
            html! {
                td.figure { span class=(class) role="img" aria-label=(format!("{word}{count}位")) { (arrow) (count) } }
            }
        }
    }
}

fn class(color: LightColor) -> String {
    format!("light {color}")
}
