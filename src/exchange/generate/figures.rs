//! What the generated divisions state: which metrics, how much, in which words, when, and what became of it
//! later. Bounds are read from the words by the same code that reads a clerk's.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::dice::Dice;
use super::divisions::Division;
use crate::db::bulk::Numbered;
use crate::db::observations::{Key, RevisionCitation, RevisionRow};
use crate::domain::codes::{Accumulation, Level, RevisionReason, Role, Spread};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::unit::Unit;
use crate::domain::words;
use crate::error::{Error, Invalid, Result};

/// How much there is of something, in units of its last decimal.
#[derive(Debug, Clone, Copy)]
enum Size {
    /// In a village from this much to that much; where it adds up, more in larger divisions.
    Sum(u64, u64),
    /// The same in divisions of all sizes.
    Each(u64, u64),
    /// Such a part, in percent, of what the metric of this place in the list counts.
    Part(usize, u64, u64),
    /// One metric over another in percent, with two decimals.
    Ratio(usize, usize),
}

/// How a metric is stated.
struct Stated {
    metric: &'static str,
    size: Size,
    decimals: u8,
    /// Villages state it too.
    by_villages: bool,
    /// Stated every month by townships and above, else once a year.
    monthly: bool,
    flow: bool,
    /// Townships and above set targets of it.
    aimed_at: bool,
}

const fn yearly(metric: &'static str, size: Size, decimals: u8) -> Stated {
    Stated { metric, size, decimals, by_villages: true, monthly: false, flow: false, aimed_at: false }
}

const fn monthly(metric: &'static str, most: u64) -> Stated {
    let size = Size::Sum(0, most);
    Stated { by_villages: false, monthly: true, flow: true, ..yearly(metric, size, 0) }
}

/// Every metric of `metrics.json`, in its order.
const STATED: [Stated; 12] = [
    yearly("gen.population.households", Size::Sum(150, 900), 0),
    yearly("gen.population.residents", Size::Sum(500, 3_500), 0),
    Stated { flow: true, aimed_at: true, ..yearly("gen.income.collective", Size::Sum(300, 60_000), 2) },
    Stated { aimed_at: true, ..yearly("gen.income.per_person", Size::Each(9_000, 60_000), 0) },
    yearly("gen.sanitation.toilets", Size::Part(0, 40, 99), 0),
    Stated { aimed_at: true, ..yearly("gen.sanitation.coverage", Size::Ratio(4, 0), 2) },
    yearly("gen.land.cultivated", Size::Sum(5_000, 60_000), 1),
    Stated { flow: true, by_villages: false, ..yearly("gen.grain.output", Size::Sum(100, 2_000), 0) },
    Stated { by_villages: false, ..yearly("gen.roads.longest", Size::Each(800, 20_000), 0) },
    monthly("gen.safety.accidents", 3),
    monthly("gen.service.visits", 200),
    monthly("gen.petitions.received", 5),
];

/// One thing that a division may state of a year.
#[derive(Debug, Clone, Copy)]
struct Slot {
    metric: usize,
    /// 0 for the whole year.
    month: u32,
    role: Role,
}

/// What a division of this level may state of a year.
fn slots(level: Level) -> impl Iterator<Item = Slot> {
    let village = level == Level::Village;
    STATED.iter().enumerate().filter(move |(_, stated)| stated.by_villages || !village).flat_map(
        move |(metric, stated)| {
            let months = if stated.monthly { 1..=12 } else { 0..=0 };
            let actual = months.map(move |month| Slot { metric, month, role: Role::Actual });
            let aims = stated.aimed_at && (!village || stated.flow);
            actual.chain(aims.then_some(Slot { metric, month: 0, role: Role::Target }))
        },
    )
}

/// How many things a division of this level states of a year, in thousandths and not counting its aims.
pub(super) fn a_year(level: Level) -> u64 {
    slots(level).filter(|slot| slot.role == Role::Actual).count() as u64 * (1000 - MISSING)
}

/// So many of a thousand figures are never stated.
const MISSING: u64 = 30;
/// So many of a thousand are corrected later.
const REVISED: u64 = 30;
/// So many of a thousand are retracted later.
const RETRACTED: u64 = 2;
/// So many of a thousand villages aim at something.
const AIMING: u64 = 100;

/// What is stated, and by whom and when it is entered.
pub(super) struct Figures {
    pub(super) seed: u64,
    /// The entry that everything belongs to.
    pub(super) seq: i64,
    pub(super) at: NaiveDateTime,
    pub(super) author: String,
    /// Every unit of measure.
    pub(super) units: Vec<Unit>,
    /// The unit of each metric.
    pub(super) held_in: Vec<Unit>,
}

/// An observation with all that was ever said of it.
pub(super) type Told = (Numbered, Vec<RevisionRow>);

impl Figures {
    /// What a division states of a year. Ids are given by the caller.
    pub(super) fn of(&self, division: Division, year: i32) -> impl Iterator<Item = Result<Told>> {
        slots(division.level).filter_map(move |slot| self.told(&division, year, slot).transpose())
    }

    fn told(&self, division: &Division, year: i32, slot: Slot) -> Result<Option<Told>> {
        let time = u64::from(year.unsigned_abs()) * 100 + u64::from(slot.month);
        let aim = slot.role == Role::Target;
        let mut dice =
            Dice::of(self.seed, [slot.metric as u64 + 100, area(division), time * 2 + u64::from(aim)]);
        let village = division.level == Level::Village;
        if dice.happens(if aim && village { 1000 - AIMING } else { MISSING }) {
            return Ok(None);
        }
        let stated = &STATED[slot.metric];
        let period = period(year, slot.month)?;
        let key = Numbered {
            id: 0,
            key: Key {
                metric: stated.metric.to_owned(),
                area: division.code,
                period,
                accumulation: if stated.flow { Accumulation::Period } else { Accumulation::Instant },
                role: slot.role,
            },
            starts_on: period.first_day(),
            ends_on: period.last_day(),
            seq: self.seq,
            updated_at: self.at,
        };
        let amount = self.amount(slot.metric, division, time) * if aim { 105 } else { 100 } / 100;
        let amount = if matches!(stated.size, Size::Ratio(..)) { amount.min(10_000) } else { amount };
        let mut state = self.state(slot, amount, &mut dice)?;
        state.spread = aim.then(|| if !village && dice.happens(100) { Spread::Each } else { Spread::Total });
        let report = division.prefecture.filter(|_| !village && slot.month == 0 && !aim);
        state.report = report.map(|prefecture| report_code(prefecture, year));
        state.released_at = match report {
            Some(_) => published_at(year),
            // Aims are set as the year begins.
            None if aim => morning(period.first_day(), 10 + dice.roll(40)),
            None => morning(period.last_day(), 10 + dice.roll(30)),
        };
        let mut states = vec![state];
        if dice.happens(REVISED) {
            let amount = (amount * (93 + dice.roll(7))) / 100;
            let said =
                RevisionRow { reason: Some(RevisionReason::Audit), ..self.state(slot, amount, &mut dice)? };
            self.follow(&mut states, said, &mut dice);
        } else if dice.happens(RETRACTED) {
            let taken = states[0].clone();
            let said = RevisionRow { retracted: true, reason: Some(RevisionReason::EntryError), ..taken };
            self.follow(&mut states, said, &mut dice);
        }
        Ok(Some((key, states)))
    }

    /// Adds a second state, which takes over from the first.
    fn follow(&self, states: &mut Vec<RevisionRow>, said: RevisionRow, dice: &mut Dice) {
        let first = &mut states[0];
        let released_at = first.released_at + Days::new(30 + dice.roll(120));
        first.superseded_at = Some(released_at);
        let second = RevisionRow {
            revision: 2,
            released_at,
            spread: first.spread,
            report: first.report.clone(),
            ..said
        };
        states.push(second);
    }

    /// How much a metric is at a time, in units of its last decimal: a size of the division's own that moves
    /// by a tenth from time to time.
    fn amount(&self, metric: usize, division: &Division, time: u64) -> u64 {
        let own =
            |low, high| low + Dice::of(self.seed, [metric as u64, area(division), 0]).roll(high - low + 1);
        let moving = || 90 + Dice::of(self.seed, [metric as u64, area(division), time]).roll(21);
        match STATED[metric].size {
            Size::Sum(low, high) => own(low, high) * villages(division.level) * moving() / 100,
            Size::Each(low, high) => own(low, high) * moving() / 100,
            Size::Part(of, low, high) => self.amount(of, division, time) * own(low, high) / 100,
            Size::Ratio(numerator, denominator) => {
                let whole = self.amount(denominator, division, time).max(1);
                self.amount(numerator, division, time) * 10_000 / whole
            }
        }
    }

    /// A state with its words. Qualified figures are round, as in reports.
    fn state(&self, slot: Slot, amount: u64, dice: &mut Dice) -> Result<RevisionRow> {
        let (decimals, unit) = (STATED[slot.metric].decimals, &self.held_in[slot.metric]);
        let round = round(amount / 10_u64.pow(u32::from(decimals)));
        let words = match dice.roll(100) {
            0..6 => Some(format!("约{round}{}", unit.name)),
            6..11 => Some(format!("{round}余{}", unit.name)),
            11..15 => Some(format!("近{round}{}", unit.name)),
            15..20 => Some(format!("{round}{}以上", unit.name)),
            _ => None,
        };
        let (quantity, text, warnings) = match words.filter(|_| round >= 10) {
            Some(text) => {
                let reading = words::read(&text, slot.role).map_err(broken)?;
                (reading.resolve(unit, &self.units).map_err(broken)?, text, reading.warnings)
            }
            None => {
                let millionths = amount * 10_u64.pow(u32::from(Decimal::MAX_DECIMALS - decimals));
                let value = Decimal::from_millionths(millionths as i64).map_err(broken)?;
                (
                    Quantity::exact(value, decimals),
                    format!("{}{}", value.to_fixed(decimals), unit.name),
                    Vec::new(),
                )
            }
        };
        Ok(RevisionRow {
            observation: 0,
            revision: 1,
            retracted: false,
            figure: quantity.into(),
            text: Some(text),
            warnings: serde_json::to_string(&warnings).map_err(|error| Error::Corrupt(error.to_string()))?,
            spread: None,
            note: None,
            report: None,
            cited: RevisionCitation::default(),
            reason: None,
            comment: None,
            author: self.author.clone(),
            released_at: self.at,
            recorded_at: self.at,
            superseded_at: None,
            seq: self.seq,
        })
    }
}

fn area(division: &Division) -> u64 {
    division.code.as_i64().unsigned_abs()
}

/// How many villages a division has, about.
fn villages(level: Level) -> u64 {
    match level {
        Level::Province => 20_000,
        Level::Prefecture => 1_800,
        Level::County => 220,
        Level::Township => 15,
        Level::Village => 1,
    }
}

/// The number with its first two digits only: 12345 is 12000.
fn round(number: u64) -> u64 {
    let place = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    number / place * place
}

fn broken(invalid: Invalid) -> Error {
    Error::Corrupt(format!("generated figure: {invalid}"))
}

fn period(year: i32, month: u32) -> Result<Period> {
    let text = if month == 0 { year.to_string() } else { format!("{year}-{month:02}") };
    text.parse().map_err(broken)
}

/// Nine o'clock in China, so many days after a day.
fn morning(day: NaiveDate, days: u64) -> NaiveDateTime {
    (day + Days::new(days)).and_time(NaiveTime::MIN) + chrono::TimeDelta::hours(1)
}

/// The code of the report on a year of a prefecture.
pub(super) fn report_code(prefecture: crate::domain::area_code::AreaCode, year: i32) -> String {
    format!("gen-{}-{year}", prefecture.as_i64() / 100_000_000)
}

/// When the reports on a year are published.
pub(super) fn published_at(year: i32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year + 1, 3, 1).map_or(NaiveDateTime::MAX, |day| morning(day, 0))
}
