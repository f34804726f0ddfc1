//! Chinese numerals: 两, 十二, 三百零五, 两亿五千万. Whole numbers only, and only spellings that mean
//! one number: 三百五 could be 305 or 350 and is not read.

/// The characters that a numeral is made of.
pub(super) const CHARACTERS: &str = "零〇一二两三四五六七八九十百千万亿";

/// The whole number that the text spells, or `None` when it spells none.
pub(super) fn whole(text: &str) -> Option<i64> {
    if matches!(text, "零" | "〇") {
        return Some(0);
    }
    match text.rsplit_once('亿') {
        Some((above, below)) => {
            Some(below_yi(above, false)?.checked_mul(100_000_000)?.checked_add(below_yi(below, true)?)?)
        }
        None => below_yi(text, false),
    }
}

/// A number below 10^8; `follows` when a larger part of the same number stands before it.
fn below_yi(text: &str, follows: bool) -> Option<i64> {
    match text.split_once('万') {
        Some((above, below)) => Some(below_wan(above, follows)? * 10_000 + below_wan(below, true)?),
        None => below_wan(text, follows),
    }
}

/// A number below 10^4, which after a larger part may also be missing.
fn below_wan(text: &str, follows: bool) -> Option<i64> {
    if text.is_empty() {
        return follows.then_some(0);
    }
    let mut total = 0;
    let mut digit = None;
    let mut zero = false;
    let mut last_rank = None;
    for c in text.chars() {
        if let Some(value) = digit_of(c) {
            if digit.replace(value).is_some() {
                return None;
            }
        } else if let Some(rank) = rank_of(c) {
            if last_rank.is_some_and(|last| rank >= last) {
                return None;
            }
            // Ten alone needs no digit before it; hundred and thousand do.
            total += digit.take().or((rank == 10).then_some(1))? * rank;
            last_rank = Some(rank);
            zero = false;
        } else {
            let between = (follows || last_rank.is_some()) && digit.is_none() && !zero;
            if !matches!(c, '零' | '〇') || !between {
                return None;
            }
            zero = true;
        }
    }
    let Some(digit) = digit else {
        return (!zero).then_some(total);
    };
    // 一百零二 and 二十二 are plain; 一百二 and 一万二 leave open what the last digit counts.
    let plain = zero || last_rank == Some(10) || (last_rank.is_none() && !follows);
    plain.then_some(total + digit)
}

fn digit_of(c: char) -> Option<i64> {
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

fn rank_of(c: char) -> Option<i64> {
    Some(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests;
