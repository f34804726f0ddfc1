//! Lists chosen by the color of their lights, which no database knows: such a list is read on until a page is full.

use utoipa::IntoParams;

use crate::db::Window;
use crate::domain::at::At;
use crate::domain::light::{Facts, Light, LightColor};
use crate::error::Result;

/// Which lights a list shows.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LightFilter {
    /// Colors of the light, repeated or comma-separated.
    #[param(example = json!(["red"]))]
    pub light: Vec<LightColor>,
}

/// Rows with their lights.
pub type Lit<R> = Vec<(R, Light)>;

/// Rows that are read on at a time while they are chosen by their light.
const CHUNK: i64 = 1000;

impl LightFilter {
    /// Whether all lights are shown.
    pub fn is_open(&self) -> bool {
        self.light.is_empty()
    }

    /// The rows of a window with one of the lights. `read` gives the rows of any window, `key` the place of
    /// one.
    pub fn choose<K: Clone, R>(
        &self,
        window: &Window<K>,
        key: impl Fn(&R) -> K,
        mut read: impl FnMut(&Window<K>) -> Result<Lit<R>>,
    ) -> Result<Lit<R>> {
        if self.is_open() {
            return read(window);
        }
        let wanted = usize::try_from(window.limit).unwrap_or(0);
        let mut chosen = Vec::new();
        let mut after = window.after.clone();
        while chosen.len() < wanted {
            let rows = read(&Window { after, limit: CHUNK })?;
            let is_last = (rows.len() as i64) < CHUNK;
            after = rows.last().map(|(row, _)| key(row));
            chosen.extend(rows.into_iter().filter(|(_, light)| self.light.contains(&light.color)));
            if is_last {
                break;
            }
        }
        chosen.truncate(wanted);
        Ok(chosen)
    }

    /// How many rows have one of the lights.
    pub fn count<K: Clone, R>(
        &self,
        key: impl Fn(&R) -> K,
        mut read: impl FnMut(&Window<K>) -> Result<Lit<R>>,
    ) -> Result<i64> {
        let mut count = 0;
        let mut window = Window { after: None, limit: CHUNK };
        loop {
            let chosen = self.choose(&window, &key, &mut read)?;
            count += chosen.len() as i64;
            if (chosen.len() as i64) < CHUNK {
                return Ok(count);
            }
            window.after = chosen.last().map(|(row, _)| key(row));
        }
    }
}

/// Rows with the lights of their facts, which are in the same order.
pub fn lit<R>(rows: Vec<R>, facts: Vec<Facts>, at: At) -> Lit<R> {
    rows.into_iter().zip(facts).map(|(row, facts)| (row, facts.light(at.day))).collect()
}
