//! The one rule for free text that comes in: Unicode NFC, nothing at its edges, and nothing in it that cannot
//! be seen. A label is one line; prose keeps its lines. Where a text of others is quoted by its place, it stays
//! as it is.

use std::str::FromStr;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::error::{Invalid, refused_for_meaning};

/// The characters that cannot be seen, as the inside of a class in an expression of ECMA-262. The tags past the
/// basic plane (U+E0000 and on) are left out: the dialects write them in different ways.
macro_rules! unseen {
    () => {
        concat!(
            r"\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u200b-\u200f",
            r"\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
        )
    };
}

/// Free text, as an expression that a document may carry.
pub const TEXT: &str = concat!("^[^", unseen!(), "]*$");

/// Free text that says something, as such an expression; its dialect does not count U+0085 as white space.
pub const WORDS: &str = concat!("^[^", unseen!(), r"]*[^\s\u0085", unseen!(), "][^", unseen!(), "]*$");

/// A text that stays as it is; only NUL, which no database of ours keeps, stands in none.
const VERBATIM: &str = r"^[^\u0000]*$";

/// An address of the web.
const ADDRESS: &str = r"^https?://[^\s/?#][^\s]*$";

/// As [`WORDS`], without a comma, which ends a value in a list.
pub const WORD: &str = concat!("^[^,", unseen!(), r"]*[^,\s\u0085", unseen!(), "][^,", unseen!(), "]*$");

/// A name, a title or another text of one line: any white space in it is one blank.
///
/// Errors: `control_character`, `bidirectional_control` or `zero_width_character`, with the first and its place.
pub fn label(text: &str) -> Result<String, Invalid> {
    check(text)?;
    Ok(one_line(text))
}

/// A longer text, which keeps its lines: they end in LF, and a tab is a blank.
///
/// Errors: as of [`label`].
pub fn prose(text: &str) -> Result<String, Invalid> {
    check(text)?;
    Ok(lines(text))
}

/// A label out of a stored text, without what is no longer taken.
pub fn label_of(stored: &str) -> String {
    one_line(&visible(stored))
}

/// Prose out of a stored text, without what is no longer taken.
pub fn prose_of(stored: &str) -> String {
    lines(&visible(stored))
}

/// Words that are quoted: they stay as they stand at their place, but hold nothing that cannot be seen.
///
/// Errors: as of [`label`].
fn quoted(text: &str) -> Result<String, Invalid> {
    check(text).map(|()| text.to_owned())
}

/// An address of the web.
fn address(text: &str) -> Result<String, Invalid> {
    let url = label(text)?;
    let rest = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let is_sound = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !rest.chars().any(|sign| sign.is_whitespace() || sign.is_control())
    };
    if rest.is_some_and(is_sound) {
        return Ok(url);
    }
    Err(Invalid::new("url", "应为 http 或 https 地址", "must be an http or https address"))
}

/// A text that is kept as it is.
fn verbatim(text: &str) -> Result<String, Invalid> {
    if text.contains('\0') {
        return Err(Invalid::new(
            "control_character",
            "含有控制字符 U+0000",
            "holds the control character U+0000",
        ));
    }
    Ok(text.to_owned())
}

fn one_line(text: &str) -> String {
    let said: String = text.nfc().collect();
    something(said.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn lines(text: &str) -> String {
    let said: String = text.replace("\r\n", "\n").nfc().collect();
    let sign = |sign: char| match sign {
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\t' => ' ',
        other => other,
    };
    something(said.trim().chars().map(sign).collect())
}

/// The text, or nothing when nothing in it can be seen.
fn something(text: String) -> String {
    if text.chars().all(is_blank) { String::new() } else { text }
}

/// Whether a character shows nothing by itself: white space, a filler, or what only varies another.
fn is_blank(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{ffa0}'
        )
        || matches!(sign, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// What is wrong with a character, if it is one that no text may hold: the code of the rule, and its words in
/// Chinese and English. White space is none of them; variation selectors are none either.
fn fault_of(sign: char) -> Option<(&'static str, &'static str, &'static str)> {
    match sign {
        sign if sign.is_whitespace() => None,
        sign if sign.is_control() => Some(("control_character", "控制字符", "a control character")),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(("bidirectional_control", "双向文字控制符", "a bidirectional control"))
        }
        '\u{ad}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some(("zero_width_character", "零宽字符", "a zero-width character")),
        _ => None,
    }
}

fn check(text: &str) -> Result<(), Invalid> {
    let first = (1..).zip(text.chars()).find_map(|(place, sign)| Some((place, sign, fault_of(sign)?)));
    let Some((place, sign, (code, zh, en))) = first else { return Ok(()) };
    let number = u32::from(sign);
    Err(Invalid::new(
        code,
        format!("第 {place} 个字符 U+{number:04X} 是{zh}"),
        format!("character {place}, U+{number:04X}, is {en}"),
    ))
}

fn visible(text: &str) -> String {
    text.chars().filter(|&sign| fault_of(sign).is_none()).collect()
}

/// The texts that are handed in: each with its rule, and the least and the greatest number of its characters.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $rule:ident, $least:literal to $most:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text as it is stored, by the rule of its day.
            pub fn of_stored(text: String) -> $name {
                $name(text)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<$name, Invalid> {
                measured(text, $rule(text)?, $least, $most).map($name)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|invalid| refused_for_meaning(&invalid))
            }
        }

        impl utoipa::ToSchema for $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                schema(concat!($($doc),+), stringify!($rule), $least, $most)
            }
        }
    )+};
}

texts! {
    /// A name, a title, a place or an office: one line.
    Name: label, 1 to 200;
    /// One line, which may be empty.
    Line: label, 0 to 200;
    /// A theme: lists are filtered by it.
    Theme: label, 0 to 64;
    /// The name of a key.
    KeyName: label, 1 to 100;
    /// A document code 机关代字 of an organ.
    DocumentCode: label, 1 to 20;
    /// An address in the web.
    Url: address, 1 to 2000;
    /// Several lines, such as a definition.
    Passage: prose, 1 to 2000;
    /// Several lines, or none.
    Note: prose, 0 to 2000;
    /// Why money does not add up.
    MoneyNote: prose, 1 to 500;
    /// The whole text of a report, as it is given.
    WholeText: verbatim, 1 to 1_000_000;
    /// Words that are quoted: they stay as they stand at their place.
    Quote: quoted, 1 to 2000;
}

/// A text that may be absent, as it is kept.
pub fn plain<T: Into<String>>(text: Option<T>) -> Option<String> {
    text.map(Into::into)
}

/// A text of the length that its member takes, as it was sent and as it is kept.
///
/// Errors: `empty` or `too_long`.
fn measured(sent: &str, text: String, least: usize, most: usize) -> Result<String, Invalid> {
    if least > 0 && text.trim().is_empty() {
        return Err(Invalid::new("empty", "不能为空", "must not be empty"));
    }
    if [sent, &text].iter().any(|text| text.chars().count() > most) {
        let (zh, en) = (format!("最多 {most} 个字符"), format!("has at most {most} characters"));
        return Err(Invalid::new("too_long", zh, en));
    }
    Ok(text)
}

fn schema(description: &str, rule: &str, least: usize, most: usize) -> RefOr<Schema> {
    let pattern = match rule {
        "verbatim" => VERBATIM,
        "address" => ADDRESS,
        _ if least > 0 => WORDS,
        _ => TEXT,
    };
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description.trim()))
        .min_length((least > 0).then_some(least))
        .max_length(Some(most))
        .pattern(Some(pattern))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_as_long_as_it_was_sent() {
        let sent = |blanks: usize| format!("甲{}{}", " ".repeat(blanks), "乙".repeat(198)).parse::<Name>();
        assert!(sent(1).is_ok());
        assert_eq!(sent(2).expect_err("201 characters").code, "too_long");
    }

    #[test]
    fn five_kinds_of_blanks_are_one() {
        for name in ["镇水利站", " 镇水利站", "镇水利站\u{3000}", "\t镇水利站\n", "\u{a0}镇水利站\u{2003}"]
        {
            assert_eq!(label(name).as_deref(), Ok("镇水利站"));
        }
        assert_eq!(label("a \u{3000}\t\nb").as_deref(), Ok("a b"));
        assert_eq!(
            prose(" 一\r\n\u{3000}\u{3000}二\u{b}三\r\n\r\n").as_deref(),
            Ok("一\n\u{3000}\u{3000}二\n三")
        );
        assert_eq!(label("e\u{301}").as_deref(), Ok("é"));
        assert_eq!(label("\u{3164}\u{fe0f} ").as_deref(), Ok(""), "nothing visible is nothing");
    }

    #[test]
    fn the_expression_allows_what_the_rule_allows() {
        let check = |pattern| jsonschema::validator_for(&serde_json::json!({"pattern": pattern}));
        let [text, words, word] = [TEXT, WORDS, WORD].map(|pattern| check(pattern).expect("an expression"));
        for sign in '\0'..='\u{ffff}' {
            let (fine, number) = (fault_of(sign).is_none(), u32::from(sign));
            let between = format!("水{sign}库").into();
            assert_eq!((text.is_valid(&between), words.is_valid(&between)), (fine, fine), "U+{number:04X}");
            assert_eq!(word.is_valid(&between), fine && sign != ',', "U+{number:04X}");
            assert_eq!(
                words.is_valid(&sign.to_string().into()),
                fine && !sign.is_whitespace(),
                "U+{number:04X}"
            );
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused_with_its_place() {
        for (sign, code) in [
            ('\0', "control_character"),
            ('\u{9b}', "control_character"),
            ('\u{202e}', "bidirectional_control"),
            ('\u{2068}', "bidirectional_control"),
            ('\u{200b}', "zero_width_character"),
            ('\u{ad}', "zero_width_character"),
            ('\u{feff}', "zero_width_character"),
        ] {
            let told = label(&format!("村{sign}名")).expect_err("refused");
            assert_eq!(told.code, code);
            let number = format!("character 2, U+{:04X}", u32::from(sign));
            assert!(told.message.en.starts_with(&number), "{}", told.message.en);
            assert_eq!(label_of(&format!("村{sign}名")), "村名");
        }
        for kept in ["葛\u{e0100}城", "𠮷田", "㙟村", "☎\u{fe0f}"] {
            assert_eq!(label(kept).as_deref(), Ok(kept));
        }
    }

    proptest! {
        #[test]
        fn what_is_clean_stays(text in "\\PC{0,30}|[a \\t\\r\\n\u{3000}\u{200b}e\u{301}]{0,12}") {
            for clean in [label_of(&text), label_of(&prose_of(&text))] {
                prop_assert_eq!(label(&clean), Ok(clean.clone()));
            }
            let clean = prose_of(&text);
            prop_assert_eq!(prose(&clean), Ok(clean.clone()));
        }
    }
}
