//! Reading periods: the forms of ISO 8601 and SDMX, and the spellings of Chinese reports. Yields
//! days; whether they make a period is decided in `period.rs`.

use chrono::{Days, Months, NaiveDate, Weekday};

use crate::domain::frequency::Frequency;
use crate::domain::{numeral, width};

/// The first and last day that the text spells, or `None` when it spells none.
pub(super) fn read(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let narrow = width::narrow(text);
    let spelled =
        if narrow.contains(['年', '月', '季', '周']) { chinese(&narrow) } else { iso(narrow.trim()) };
    spelled.map(|Spelled { first, last, .. }| (first, last))
}

/// A span in the form in which it was spelled: `2022-01/2022-03` is spelled in months.
struct Spelled {
    form: Frequency,
    first: NaiveDate,
    last: NaiveDate,
}

impl Spelled {
    fn months(form: Frequency, year: i32, month: u32, count: u32) -> Option<Spelled> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        Some(Spelled { form, first, last: first + Months::new(count) - Days::new(1) })
    }

    fn year(year: i32) -> Option<Spelled> {
        Spelled::months(Frequency::Year, year, 1, 12)
    }

    fn half_year(year: i32, half: u32) -> Option<Spelled> {
        let half = (1..=2).contains(&half).then_some(half)?;
        Spelled::months(Frequency::HalfYear, year, 6 * half - 5, 6)
    }

    fn quarter(year: i32, quarter: u32) -> Option<Spelled> {
        let quarter = (1..=4).contains(&quarter).then_some(quarter)?;
        Spelled::months(Frequency::Quarter, year, 3 * quarter - 2, 3)
    }

    fn month(year: i32, month: u32) -> Option<Spelled> {
        Spelled::months(Frequency::Month, year, month, 1)
    }

    fn week(year: i32, week: u32) -> Option<Spelled> {
        let first = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
        Some(Spelled { form: Frequency::Week, first, last: first + Days::new(6) })
    }

    fn day(year: i32, month: u32, day: u32) -> Option<Spelled> {
        let day = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Spelled { form: Frequency::Day, first: day, last: day })
    }

    /// Its last day.
    fn end(self) -> Option<Spelled> {
        (self.form != Frequency::Day).then_some(Spelled {
            form: Frequency::Day,
            first: self.last,
            last: self.last,
        })
    }

    /// From the start of one to the end of the other; `None` when they are of different forms.
    fn to(self, end: Spelled) -> Option<Spelled> {
        (self.form == end.form).then_some(Spelled { last: end.last, ..self })
    }
}

fn iso(text: &str) -> Option<Spelled> {
    match text.split_once('/') {
        Some((start, length)) if length.starts_with('P') => lasting(start, length),
        Some((start, end)) => iso_single(start)?.to(iso_single(end)?),
        None => iso_single(text),
    }
}

/// A first day and a length, as ISO 8601 and SDMX write a span and as our own files have it: 2022-01-01/P11M.
fn lasting(start: &str, length: &str) -> Option<Spelled> {
    let Spelled { form: Frequency::Day, first, .. } = iso_single(start)? else { return None };
    let mut next = first;
    let mut rest = length.strip_prefix('P').filter(|rest| !rest.is_empty())?;
    for designator in ['Y', 'M', 'W', 'D'] {
        let Some((count, after)) = rest.split_once(designator) else { continue };
        let count = digits(count, count.len()).filter(|_| count.len() <= 6)?;
        next = match designator {
            'Y' => next.checked_add_months(Months::new(12 * count))?,
            'M' => next.checked_add_months(Months::new(count))?,
            'W' => next.checked_add_days(Days::new(7 * u64::from(count)))?,
            _ => next.checked_add_days(Days::new(u64::from(count)))?,
        };
        rest = after;
    }
    rest.is_empty().then_some(())?;
    Some(Spelled { form: Frequency::Day, first, last: next.pred_opt()? })
}

fn iso_single(text: &str) -> Option<Spelled> {
    let (year, rest) = text.split_at_checked(4)?;
    let year = calendar_year(year)?;
    if rest.is_empty() {
        return Spelled::year(year);
    }
    if let Some(month) = digits(rest, 2) {
        return Spelled::month(year, month);
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        return Spelled::quarter(year, digits(quarter, 1)?);
    }
    let rest = rest.strip_prefix('-')?;
    if let Some(half) = rest.strip_prefix('S') {
        return Spelled::half_year(year, digits(half, 1)?);
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        return Spelled::quarter(year, digits(quarter, 1)?);
    }
    if let Some(week) = rest.strip_prefix('W') {
        return Spelled::week(year, digits(week, 2)?);
    }
    match rest.split_once('-') {
        Some((month, day)) if month.starts_with('0') => {
            Spelled::day(year, digits(month, 2)?, digits(day, 2)?)
        }
        Some((month, day)) => Spelled::day(year, one_or_two_digits(month)?, one_or_two_digits(day)?),
        None => Spelled::month(year, one_or_two_digits(rest)?),
    }
}

const DASHES: [char; 6] = ['—', '–', '-', '~', '〜', '―'];

fn chinese(text: &str) -> Option<Spelled> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = with_year_in_digits(&text);
    let Some((start, end)) = text.split_once(DASHES).or_else(|| text.split_once(['至', '到'])) else {
        return chinese_single(&text);
    };
    let end = end.trim_start_matches(DASHES); // a dash may be two characters long
    chinese_single(&with_ending_of(start, end))?.to(chinese_single(&with_beginning_of(end, start)?)?)
}

/// The year at the beginning in digits, with 年 after it: 二〇二二年, 2022上半年.
fn with_year_in_digits(text: &str) -> String {
    let digits: String = text.chars().map_while(digit).take(4).collect();
    let Some((at, _)) = text.char_indices().nth(4).filter(|_| digits.len() == 4) else {
        return text.to_owned();
    };
    let rest = &text[at..];
    let names_a_part = rest.starts_with(['上', '下', '第', '前', '全', '一', '二', '三', '四']);
    format!("{digits}{}{rest}", if names_a_part { "年" } else { "" })
}

fn digit(c: char) -> Option<char> {
    match c {
        '〇' | '零' | '○' => Some('0'),
        '0'..='9' => Some(c),
        _ => numeral::digit_of(c)
            .filter(|_| c != '两')
            .and_then(|number| char::from_digit(u32::try_from(number).ok()?, 10)),
    }
}

/// 2022年1 before 11月 means 2022年1月: a bare number takes the unit of the end.
fn with_ending_of(start: &str, end: &str) -> String {
    let bare = start.ends_with(|c: char| c.is_ascii_digit() || numeral::CHARACTERS.contains(c));
    let unit = ["年", "季度", "月份", "月", "周", "日", "号"].into_iter().find(|unit| end.ends_with(unit));
    format!("{start}{}", unit.filter(|_| bare).unwrap_or_default())
}

/// 11月 after 2022年1月 means 2022年11月: what the end leaves out, it takes from the start.
fn with_beginning_of(end: &str, start: &str) -> Option<String> {
    let has_year = end.split_once('年').is_some_and(|(year, _)| calendar_year(year).is_some());
    let shared = if has_year {
        ""
    } else {
        let unit = if end.contains(['月', '季', '周', '半']) { '年' } else { '月' };
        let at = start.find(unit)?;
        start.get(..at + unit.len_utf8())?
    };
    Some(format!("{shared}{end}"))
}

fn chinese_single(text: &str) -> Option<Spelled> {
    let (year, rest) = text.split_once('年')?;
    let year = calendar_year(year)?;
    match rest {
        "" | "度" | "全年" => return Spelled::year(year),
        "上半年" => return Spelled::half_year(year, 1),
        "下半年" => return Spelled::half_year(year, 2),
        "年末" | "年底" => return Spelled::year(year)?.end(),
        _ => {}
    }
    // What stands at the end of a span is of its last day.
    if let Some(span) = rest.strip_suffix(['末', '底']) {
        return chinese_single(&format!("{year}年{span}"))?.end();
    }
    if let Some(first) = rest.strip_prefix('前') {
        return first_of(year, first);
    }
    let ordinal = rest.strip_prefix('第').unwrap_or(rest);
    if let Some(quarter) = ordinal.strip_suffix("季度") {
        return Spelled::quarter(year, count(quarter)?);
    }
    if let Some(week) = ordinal.strip_suffix('周') {
        return Spelled::week(year, count(week)?);
    }
    match rest.split_once('月')? {
        (month, "" | "份") => Spelled::month(year, count(month)?),
        (month, day) => Spelled::day(year, count(month)?, count(day.strip_suffix(['日', '号'])?)?),
    }
}

/// 前三季度, 前11个月: from January on.
fn first_of(year: i32, text: &str) -> Option<Spelled> {
    let months = match text.strip_suffix("季度") {
        Some(quarters) => count(quarters.strip_suffix('个').unwrap_or(quarters))?.checked_mul(3)?,
        None => count(text.strip_suffix("个月").or_else(|| text.strip_suffix('月'))?)?,
    };
    let months = (1..=12).contains(&months).then_some(months)?;
    Spelled::months(Frequency::Interval, year, 1, months)
}

fn calendar_year(text: &str) -> Option<i32> {
    digits(text, 4).and_then(|year| i32::try_from(year).ok())
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let written = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    written.then(|| text.parse().ok())?
}

fn one_or_two_digits(text: &str) -> Option<u32> {
    digits(text, text.len()).filter(|_| (1..=2).contains(&text.len()))
}

/// A small number in digits or in Chinese: 3, 03, 三.
fn count(text: &str) -> Option<u32> {
    digits(text, 1).or_else(|| digits(text, 2)).or_else(|| u32::try_from(numeral::whole(text)?).ok())
}
