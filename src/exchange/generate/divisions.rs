//! A list of divisions in the shape of the national one: as many on each level, as many below each, twelve
//! digits. Names are made up, and the provinces have codes that no real one has.

use chrono::NaiveDateTime;

use crate::db::areas::AreaRow;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AreaKind, Level};
use crate::error::{Error, Result};
use crate::exchange::drafts::folded;

/// How many divisions the national list has on each level, from provinces to villages, rounded.
const NATIONAL: [u64; 5] = [31, 340, 2_850, 41_000, 620_000];

const LEVELS: [Level; 5] =
    [Level::Province, Level::Prefecture, Level::County, Level::Township, Level::Village];

/// The two-digit codes of no real province: just as many as there are provinces.
const PROVINCES: [u64; 31] = [
    60, 67, 68, 69, 70, 72, 73, 74, 75, 76, 77, 78, 79, 80, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94,
    95, 96, 97, 98, 99,
];

/// A division of the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Division {
    pub(super) level: Level,
    pub(super) code: AreaCode,
    pub(super) parent: Option<AreaCode>,
    /// The prefecture that it lies in; a province has none.
    pub(super) prefecture: Option<AreaCode>,
    /// Its place among those directly below its parent, from 0.
    place: u64,
}

/// How many divisions there are on each level when there are so many villages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape([u64; 5]);

impl Shape {
    pub(super) fn of(villages: u64) -> Shape {
        let mut counts = NATIONAL.map(|count| (count * villages).div_ceil(NATIONAL[4]));
        counts[0] = counts[0].min(NATIONAL[0]);
        Shape(counts)
    }

    pub(super) fn count(&self, level: Level) -> u64 {
        LEVELS.iter().position(|&one| one == level).map_or(0, |place| self.0[place])
    }

    /// Every division in order of code.
    pub(super) fn divisions(self) -> impl Iterator<Item = Result<Division>> {
        let mut path = Vec::new();
        let mut next = [0; 5];
        std::iter::from_fn(move || self.step(&mut path, &mut next))
    }

    /// Goes one level down where something is left below, else up until something is left beside.
    fn step(&self, path: &mut Vec<Division>, next: &mut [u64; 5]) -> Option<Result<Division>> {
        loop {
            let depth = path.len();
            if depth < LEVELS.len() && next[depth] < self.end(depth, next) {
                let number = next[depth];
                let place = number - self.begin(depth, number);
                next[depth] += 1;
                let division = match Division::new(depth, place, path) {
                    Ok(division) => division,
                    Err(error) => return Some(Err(error)),
                };
                path.push(division);
                return Some(Ok(division));
            }
            path.pop()?;
        }
    }

    /// The number of the first division of a level that lies in no parent before the one under way.
    fn end(&self, depth: usize, next: &[u64; 5]) -> u64 {
        match depth {
            0 => self.0[0],
            _ => (next[depth - 1] * self.0[depth]).div_ceil(self.0[depth - 1]),
        }
    }

    /// The number of the first division that has the same parent.
    fn begin(&self, depth: usize, number: u64) -> u64 {
        match depth {
            0 => 0,
            _ => {
                let parent = number * self.0[depth - 1] / self.0[depth];
                (parent * self.0[depth]).div_ceil(self.0[depth - 1])
            }
        }
    }
}

impl Division {
    fn new(depth: usize, place: u64, path: &[Division]) -> Result<Division> {
        let parent = path.last().map(|division| division.code);
        let above = parent.map_or(0, |code| code.as_i64().unsigned_abs());
        // Townships begin with 100 and villages with 200, as in the official list.
        let code = match depth {
            0 => PROVINCES[place as usize] * 10_000_000_000,
            1 => above + (place + 1) * 100_000_000,
            2 => above + (place + 1) * 1_000_000,
            3 => above + (place + 100) * 1_000,
            _ => above + place + 200,
        };
        let code = AreaCode::try_from(code as i64).map_err(|invalid| Error::Corrupt(invalid.to_string()))?;
        let prefecture = if depth == 1 { Some(code) } else { path.get(1).map(|division| division.code) };
        Ok(Division { level: LEVELS[depth], code, parent, prefecture, place })
    }

    fn kind(&self) -> (AreaKind, &'static str) {
        match (self.level, self.place % 8) {
            (Level::Province, _) => (AreaKind::Province, "省"),
            (Level::Prefecture, _) => (AreaKind::Prefecture, "市"),
            (Level::County, 0..3) => (AreaKind::District, "区"),
            (Level::County, _) => (AreaKind::County, "县"),
            (Level::Township, 0..2) => (AreaKind::Street, "街道"),
            (Level::Township, 2..6) => (AreaKind::Town, "镇"),
            (Level::Township, _) => (AreaKind::Township, "乡"),
            (Level::Village, 0) => (AreaKind::Community, "社区"),
            (Level::Village, _) => (AreaKind::Village, "村"),
        }
    }

    pub(super) fn row(&self, seq: i64, at: NaiveDateTime) -> AreaRow {
        let (kind, word) = self.kind();
        let name = format!("某{word}{:02}", self.place + 1);
        AreaRow {
            code: self.code,
            folded: folded([self.code.to_string().as_str(), &name]),
            name,
            aliases: "[]".to_owned(),
            level: self.level,
            kind,
            parent: self.parent,
            code_system: "GEN-1".to_owned(),
            urban_rural_class: None,
            valid_from: None,
            valid_to: None,
            lon: None,
            lat: None,
            seq,
            updated_at: at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(villages: u64) -> Vec<Division> {
        Shape::of(villages).divisions().collect::<Result<_>>().expect("divisions")
    }

    #[test]
    fn every_size_has_its_villages_and_everything_above_them() {
        for villages in [1, 2, 7, 100, 2_000, 50_001] {
            let divisions = all(villages);
            for level in LEVELS {
                let count = divisions.iter().filter(|division| division.level == level).count() as u64;
                assert_eq!(count, Shape::of(villages).count(level), "{level} of {villages}");
            }
            assert!(divisions.is_sorted_by(|a, b| a.code < b.code), "{villages}");
            for pair in divisions.windows(2) {
                let known = |parent| divisions.iter().any(|division| division.code == parent);
                assert!(pair[1].parent.is_none_or(|parent| villages > 100 || known(parent)));
            }
            for Division { code, parent, .. } in &divisions {
                assert!(parent.is_none_or(|parent| parent.subtree().contains(&code.as_i64())), "{code}");
            }
        }
    }

    #[test]
    fn the_national_list_has_its_shape() {
        let divisions = all(NATIONAL[4]);
        assert_eq!(divisions.len() as u64, NATIONAL.iter().sum::<u64>());
    }
}
