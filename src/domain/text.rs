//! The one rule for free text that comes in: Unicode NFC, nothing at its edges, and nothing in it that cannot
//! be seen. A label is one line; prose keeps its lines. Where a text of others is quoted by its place, it stays
//! as it is.

use serde::de::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;

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

/// A text on its way in, by one of the rules.
macro_rules! incoming {
    ($name:ident, $rule:ident) => {
        struct $name(String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                $rule(&String::deserialize(deserializer)?)
                    .map($name)
                    .map_err(|invalid| refused_for_meaning(&invalid))
            }
        }
    };
}

incoming!(Label, label);
incoming!(Prose, prose);
incoming!(Quote, quoted);

/// Deserialises a member of a draft that is a label.
pub fn one_label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Label::deserialize(deserializer)?.0)
}

/// Deserialises a member of a draft that may be a label. It needs `default` beside it.
pub fn optional_label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Label>::deserialize(deserializer)?.map(|label| label.0))
}

/// Deserialises a member of a draft that is a list of labels.
pub fn labels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<Label>::deserialize(deserializer)?.into_iter().map(|label| label.0).collect())
}

/// Deserialises a member of a draft that may be a list of labels. It needs `default` beside it.
pub fn optional_labels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let list = Option::<Vec<Label>>::deserialize(deserializer)?;
    Ok(list.map(|list| list.into_iter().map(|label| label.0).collect()))
}

/// Deserialises a member of a draft that is prose.
pub fn one_prose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Prose::deserialize(deserializer)?.0)
}

/// Deserialises a member of a draft that may be prose. It needs `default` beside it.
pub fn optional_prose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Prose>::deserialize(deserializer)?.map(|prose| prose.0))
}

/// Deserialises a member of a draft that quotes words.
pub fn one_quote<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Quote::deserialize(deserializer)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
