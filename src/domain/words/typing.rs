//! One spelling for what is typed in several ways: width, financial and traditional numerals, brackets and
//! stops around a figure, a dash for a minus, 百分之 before a number for % after it.

use crate::domain::{numeral, width};

/// Characters after which a phrase ends.
const STOPS: [char; 9] = ['。', '，', '；', '、', '！', ',', ';', '!', '.'];

/// Dashes that are typed for a minus.
const MINUSES: [char; 5] = ['—', '–', '−', '―', '－'];

/// The words in the spelling that is read.
pub(super) fn plain(text: &str) -> String {
    let folded: String = width::narrow(text).chars().map(folded).collect();
    let folded = folded.replace('廿', "二十").replace('卅', "三十");
    let bare = unwrapped(folded.trim());
    let signed = match bare.strip_prefix(MINUSES) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("-{rest}"),
        _ => bare.to_owned(),
    };
    after_the_number(&after_the_number(&signed, "百分之", '%'), "千分之", '‰').replace("百分百", "100%")
}

/// The phrase without a stop behind it and without brackets around all of it.
fn unwrapped(text: &str) -> &str {
    let ended = text.trim_end_matches(STOPS).trim();
    let inside = ended.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    match inside.filter(|inside| !inside.contains(['(', ')'])) {
        Some(inside) => inside.trim_end_matches(STOPS).trim(),
        None => ended,
    }
}

/// Puts a sign after the number that `before` introduces: 百分之七十五 is 七十五%.
fn after_the_number(text: &str, before: &str, sign: char) -> String {
    let mut parts = text.split(before);
    let mut spelled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_in_number = |c: char| {
            c.is_ascii_digit()
                || numeral::CHARACTERS.contains(c)
                || ['.', '点', '余', '多', '几'].contains(&c)
        };
        let end = part.find(|c| !is_in_number(c)).unwrap_or(part.len());
        // Without a number it stays what it is, and so it does in 六百分之一.
        let introduces = end > 0 && !spelled.ends_with(|c| numeral::CHARACTERS.contains(c));
        if !introduces {
            spelled.push_str(before);
        }
        spelled.push_str(&part[..end]);
        spelled.extend(introduces.then_some(sign));
        spelled.push_str(&part[end..]);
    }
    spelled
}

/// The numeral for its financial and its traditional form.
fn folded(c: char) -> char {
    match c {
        '壹' => '一',
        '贰' | '貳' => '二',
        '叁' | '參' => '三',
        '肆' => '四',
        '伍' => '五',
        '陆' | '陸' => '六',
        '柒' => '七',
        '捌' => '八',
        '玖' => '九',
        '拾' => '十',
        '佰' => '百',
        '仟' => '千',
        '萬' => '万',
        '億' => '亿',
        '兩' => '两',
        '餘' => '余',
        '○' => '〇',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_several() {
        for (typed, spelling) in [
            ("（２１个）。", "21个"),
            ("21个；", "21个"),
            ("(95%(含)以上)", "(95%(含)以上)"),
            ("—3.2%", "-3.2%"),
            ("—", "—"),
            ("伍仟贰佰元整", "五千二百元整"),
            ("廿三家", "二十三家"),
            ("百分之七十五以上", "七十五%以上"),
            ("百分之5.5至百分之七", "5.5%至七%"),
            ("千分之三", "三‰"),
            ("百分之", "百分之"),
            ("百分百", "100%"),
            ("三分之二", "三分之二"),
            ("六百分之一", "六百分之一"),
        ] {
            assert_eq!(plain(typed), spelling, "{typed}");
        }
    }
}
