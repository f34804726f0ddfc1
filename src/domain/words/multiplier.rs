//! The multiplier after a number: 万, 亿, 千万, and 百 and 千 alone.

/// A multiplier: 千万 is ten to the power of three, of 万.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Multiplier<'a> {
    /// The power of ten before its 万 or 亿.
    pub(super) power: u32,
    /// `万`, `亿` or nothing: the part that may belong to the unit instead.
    pub(super) large: &'a str,
}

impl<'a> Multiplier<'a> {
    const NONE: Multiplier<'static> = Multiplier { power: 0, large: "" };

    /// Takes a multiplier off the text: 万, 亿, a smaller one before these (千万), or 百 and 千
    /// alone unless they begin the unit.
    pub(super) fn take(text: &'a str) -> (Multiplier<'a>, &'a str) {
        let (power, rest) = match text.chars().next() {
            Some(c @ '十') => (1, &text[c.len_utf8()..]),
            Some(c @ '百') => (2, &text[c.len_utf8()..]),
            Some(c @ '千') => (3, &text[c.len_utf8()..]),
            Some(c @ '万') if text[c.len_utf8()..].starts_with('亿') => (4, &text[c.len_utf8()..]),
            _ => (0, text),
        };
        if let Some(after) = rest.strip_prefix(['万', '亿']) {
            let large = &rest[..rest.len() - after.len()];
            return (Multiplier { power, large }, after);
        }
        if power >= 2 && !begins_a_unit(text) {
            return (Multiplier { power, large: "" }, rest);
        }
        (Multiplier::NONE, text)
    }

    /// Whether there is one.
    pub(super) fn is_spoken(&self) -> bool {
        *self != Multiplier::NONE
    }

    /// The power of ten that its 万 or 亿 stands for, 0 without one.
    pub(super) fn large_power(&self) -> u32 {
        match self.large {
            "万" => 4,
            "亿" => 8,
            _ => 0,
        }
    }
}

/// Units that begin with 百 or 千: 5千克 is five of 千克 and 2百分点 two of 百分点, while 5千户 is
/// five thousand of 户.
pub(super) fn begins_a_unit(text: &str) -> bool {
    text.starts_with("百分")
        || text.strip_prefix('千').is_some_and(|rest| {
            rest.starts_with(['克', '米', '瓦', '卡', '赫', '伏', '帕', '升', '焦', '分'])
        })
}
