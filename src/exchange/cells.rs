//! The cells of a table in words: lists that can be taken apart again, items of several members, and text that no
//! spreadsheet runs as a formula. What is written here is read here.

use serde_json::Value;

use super::drafts::quantity::PARTS;

/// A stated number is shown with as many decimals as it was stated with: 660.60, not 660.6.
pub fn with_decimals(number: String, decimals: &Value) -> String {
    let Some(wanted) = decimals.as_u64().and_then(|wanted| usize::try_from(wanted).ok()) else {
        return number;
    };
    let shown = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if shown >= wanted {
        return number;
    }
    let point = if shown == 0 { "." } else { "" };
    format!("{number}{point}{}", "0".repeat(wanted - shown))
}

/// Several items in one cell, separated by `;`. A semicolon, a backslash, or a blank at an end, that belongs to an
/// item has a backslash before it. No item is empty.
pub fn join<S: AsRef<str>>(items: &[S]) -> String {
    let mut cell = String::new();
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            cell.push(';');
        }
        let item = item.as_ref();
        let (begin, end) = (item.len() - item.trim_start().len(), item.trim_end().len());
        for (at, sign) in item.char_indices() {
            if matches!(sign, ';' | '\\') || at < begin || at >= end {
                cell.push('\\');
            }
            cell.push(sign);
        }
    }
    cell
}

/// The items of a cell that [`join`] has written, or a clerk: blanks around items are none of theirs.
pub fn split(cell: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item = String::new();
    // So much of the item stands, whatever blanks follow.
    let mut kept = 0;
    let mut signs = cell.chars();
    while let Some(sign) = signs.next() {
        match sign {
            ';' => {
                item.truncate(kept);
                items.push(std::mem::take(&mut item));
                kept = 0;
            }
            '\\' => {
                item.push(signs.next().unwrap_or('\\'));
                kept = item.len();
            }
            blank if blank.is_whitespace() => {
                if kept > 0 {
                    item.push(blank);
                }
            }
            sign => {
                item.push(sign);
                kept = item.len();
            }
        }
    }
    item.truncate(kept);
    items.push(item);
    items
}

/// Text that a spreadsheet would run as a formula, with an apostrophe before it, which makes it plain. Text that
/// looks as if it had one already gets another, so that [`plain`] takes off what was put there.
pub fn harmless(text: String) -> String {
    if is_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text }
}

/// The text of a cell without the apostrophe of [`harmless`].
pub fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// Whether a spreadsheet may take a text for a formula: by its first sign, of any width, whatever blanks stand
/// before it; or because a tab or the end of a line begins it.
fn is_formula(text: &str) -> bool {
    let sign =
        text.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '\u{feff}').chars().next();
    text.starts_with(['\t', '\r', '\n'])
        || sign.is_some_and(|sign| {
            matches!(
                sign,
                '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫' | '−'
            )
        })
}

/// An item of a list in words: of an object those of its members that are there, of a quantity what the source
/// says, else its number and unit. `members` are those that are told; all when it is empty.
pub fn words(item: &Value, members: &[&str]) -> String {
    match item {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => item.to_string(),
        Value::Array(items) => phrase(items.iter()),
        Value::Object(object) if object.keys().all(|member| PARTS.contains(&member.as_str())) => {
            quantity(item)
        }
        Value::Object(object) if members.is_empty() => phrase(object.values()),
        Value::Object(_) => phrase(members.iter().map(|member| &item[*member])),
    }
}

fn phrase<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let words = values.map(|value| words(value, &[])).filter(|words| !words.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn quantity(item: &Value) -> String {
    if let Some(text) = item["text"].as_str() {
        return text.to_owned();
    }
    let comparator = item["comparator"].as_str().unwrap_or_default();
    let value = with_decimals(item["value"].to_string(), &item["decimals"]);
    format!("{comparator}{value} {}", item["unit"].as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_taken_apart_as_it_was_put_together() {
        assert_eq!(join(&["甲;乙", "丙"]), r"甲\;乙;丙");
        assert_eq!(split(r"甲\;乙;丙"), ["甲;乙", "丙"]);
        assert_eq!(split(" 甲 ;\u{3000}乙 丙; "), ["甲", "乙 丙", ""], "as a clerk writes it");
        assert_eq!(split(r"a\"), [r"a\"]);
    }

    #[test]
    fn what_looks_like_a_formula_is_made_plain() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@x",
            "\tx",
            "\rx",
            "\nx",
            "＝1+1",
            "＋1",
            "－1",
            "＠x",
            " =1",
            "\u{3000}＝1",
            "\u{a0}-1",
            "﹦1",
            "−1",
            "\n=1",
            "'=1",
        ] {
            assert_eq!(harmless(text.to_owned()), format!("'{text}"), "{text:?}");
        }
        for text in ["", "1-1", "甲=乙", "'", "'甲", " 甲"] {
            assert_eq!(harmless(text.to_owned()), text, "{text:?}");
        }
    }

    #[test]
    fn a_number_has_the_decimals_that_it_was_stated_with() {
        for (number, decimals, shown) in
            [("660.6", json!(2), "660.60"), ("5", json!(1), "5.0"), ("-5", json!(null), "-5")]
        {
            assert_eq!(with_decimals(number.to_owned(), &decimals), shown);
        }
    }

    #[test]
    fn an_item_of_several_members_is_told_in_words() {
        let quantity = |text: Value| json!({"value": 660.6, "unit": "CNY_10K", "decimals": 2, "comparator": ">", "text": text});
        for (item, members, told) in [
            (
                json!({"code": "overdue", "text": "已逾期", "text_en": "overdue"}),
                &["text"] as &[&str],
                "已逾期",
            ),
            (
                json!({"source": "县财政", "quantity": quantity(json!("660.60万余元"))}),
                &[],
                "县财政 660.60万余元",
            ),
            (json!({"source": "县财政", "quantity": quantity(json!(null))}), &[], "县财政 >660.60 CNY_10K"),
            (json!({"row": 1, "rows": [], "by": null, "key": {"code": "a"}}), &[], "1 a"),
            (json!(7), &[], "7"),
        ] {
            assert_eq!(words(&item, members), told);
        }
    }

    proptest! {
        #[test]
        fn every_list_of_any_texts_is_read_back(items in prop::collection::vec("([;\\\\' \t\u{3000}=甲a]|.){1,6}", 1..5)) {
            let cell = harmless(join(&items));
            prop_assert_eq!(split(plain(&cell)), items, "{}", cell);
        }

        #[test]
        fn every_text_is_read_back(text in "(['=\n ＝a]|.){0,6}") {
            let cell = harmless(text.clone());
            prop_assert!(!is_formula(&cell));
            prop_assert_eq!(plain(&cell), text);
        }
    }
}
