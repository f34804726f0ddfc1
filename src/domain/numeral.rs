//! Chinese numerals: 两, 十二, 三百零五, 两亿五千万. Whole numbers only, and only spellings that mean
//! one number: 三百五 could be 305 or 350, and 三十两 is thirty of a weight; neither is read.

pub(super) mod pair;

/// The characters that a numeral is made of.
pub(super) const CHARACTERS: &str = "零〇一二两三四五六七八九十百千万亿";

/// Names of the places within four digits, by the power of ten that each stands for.
const PLACES: [(char, u32); 3] = [('十', 1), ('百', 2), ('千', 3)];

/// The whole number that the text spells, or `None` when it spells none.
pub(super) fn whole(text: &str) -> Option<i64> {
    match text {
        "零" | "〇" => return Some(0),
        "两" => return Some(2),
        _ => {}
    }
    let mut number = Number::default();
    let rest = match text.rsplit_once('亿') {
        Some((above, below)) => {
            let rest = number.take_wan(above, 8)?;
            number.take(rest, 8)?;
            // 一亿 of nothing is no number, and 零 before 亿 counts nothing.
            number.last?;
            below
        }
        None => text,
    };
    let rest = number.take_wan(rest, 0)?;
    number.take(rest, 0)?;
    number.last.map(|_| number.total)
}

/// A number on the way, from its greatest place down. A place is a power of ten: 十 is 1, 十万 is 5.
#[derive(Default)]
struct Number {
    total: i64,
    /// The place that was named last.
    last: Option<u32>,
}

impl Number {
    /// Takes the four digits before 万, where there are any; what comes after it is left. `base` is the
    /// place of what 万 multiplies.
    fn take_wan<'a>(&mut self, text: &'a str, base: u32) -> Option<&'a str> {
        let Some((above, below)) = text.split_once('万') else { return Some(text) };
        if above.is_empty() {
            return None;
        }
        self.take(above, base + 4)?;
        Some(below)
    }

    /// Takes four digits, of which the last stands in the place `base`.
    fn take(&mut self, text: &str, base: u32) -> Option<()> {
        let mut digit = None;
        let mut zero = false;
        for c in text.chars() {
            if let Some(value) = digit_of(c) {
                if digit.replace((c, value)).is_some() {
                    return None;
                }
            } else if let Some((_, place)) = PLACES.iter().find(|(name, _)| *name == c) {
                // Ten alone needs no digit before it; hundred and thousand do, and may have 两.
                let (said, value) = digit.take().or((*place == 1).then_some(('一', 1)))?;
                if said == '两' && *place == 1 {
                    return None;
                }
                self.put(value, base + place, zero)?;
                zero = false;
            } else {
                let between = self.last.is_some() && digit.is_none() && !zero;
                if !matches!(c, '零' | '〇') || !between {
                    return None;
                }
                zero = true;
            }
        }
        if let Some((said, value)) = digit {
            // 两万 and 两亿; 两 alone is known already, and after anything else it is a weight.
            if said == '两' && (base == 0 || text.chars().count() > 1) {
                return None;
            }
            self.put(value, base, zero)?;
            zero = false;
        }
        (!zero).then_some(())
    }

    /// Puts a digit in a place below the last one. 零 says that a place between them is empty. It may be
    /// missing where the place is named (一万五百), unless four places are skipped: 一亿五千 is mostly said
    /// of 一亿五千万. Where none is named it must be there: 一百二 and 一万二 leave open what 二 counts.
    fn put(&mut self, digit: i64, place: u32, zero: bool) -> Option<()> {
        if let Some(last) = self.last {
            let skipped = last.checked_sub(place + 1)?;
            let is_needed = skipped > 0 && (place.is_multiple_of(4) || last / 4 - place / 4 > 1);
            if (zero && skipped == 0) || (is_needed && !zero) {
                return None;
            }
        }
        self.last = Some(place);
        self.total += digit * 10_i64.pow(place);
        Some(())
    }
}

/// The number that a digit means.
pub(super) fn digit_of(c: char) -> Option<i64> {
    Some(match c {
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests;
