//! The rows of the feed but for observations: what of each says who sees it, now and before an entry.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use itertools::Itertools;

use super::reader::Reader;
use crate::db::among::among;
use crate::db::dialect::{Conn, on_each};
use crate::db::image::Image;
use crate::db::schema::{
    areas, edits, metrics, milestones, plan_item_areas, plan_items, plans, progress_reports, project_areas,
    projects, reports, units,
};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::Visibility;
use crate::domain::feed::{FeedKind, Key};
use crate::error::Result;

/// Who sees a row.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    /// Of what has a row to belong to, that of the row.
    pub visibility: Visibility,
    areas: Vec<AreaCode>,
    /// The row that it belongs to: it is seen with it.
    pub of: Option<(FeedKind, Key)>,
    /// The entry that last touched it.
    pub seq: i64,
}

impl Standing {
    fn public(seq: i64) -> Standing {
        Standing { visibility: Visibility::Public, areas: Vec::new(), of: None, seq }
    }

    fn of_image(kind: FeedKind, key: &Key, image: Image) -> Standing {
        // A plan item is linked to projects and belongs to none.
        let of = if kind == FeedKind::PlanItem { None } else { owner(image.project, image.plan_item) };
        let areas = match (kind, key) {
            (FeedKind::Area, key) => key.to_string().parse().into_iter().collect(),
            (FeedKind::Plan, _) => image.area.into_iter().collect(),
            _ => image.areas,
        };
        let visibility = image.visibility.unwrap_or(Visibility::Public);
        Standing { visibility, areas, of, seq: 0 }
    }

    /// Whether a reader sees it, as far as it is for itself to say.
    pub fn is_seen(&self, reader: &Reader, kind: FeedKind) -> bool {
        let is_reached = match kind.has_area() {
            true => self.areas.iter().any(|&area| reader.sight.internal.covers(area)),
            false => reader.sight.sees(self.visibility),
        };
        let is_within = match reader.within {
            Some(within) if kind == FeedKind::Area => {
                self.areas.iter().any(|&area| Reach::Within(within).meets(area))
            }
            Some(within) if kind.has_area() => {
                self.areas.iter().any(|&area| Reach::Within(within).covers(area))
            }
            _ => true,
        };
        (self.visibility == Visibility::Public || is_reached) && is_within
    }
}

/// The project or plan item that a milestone or progress report belongs to.
fn owner(project: Option<String>, item: Option<String>) -> Option<(FeedKind, Key)> {
    match (project, item) {
        (Some(project), _) => Some((FeedKind::Project, Key::Code(project))),
        (None, item) => item.map(|item| (FeedKind::PlanItem, Key::Code(item))),
    }
}

/// The rows among these that there were before an entry.
pub(super) fn before(
    conn: &mut Conn,
    kind: FeedKind,
    keys: &[Key],
    entry: i64,
) -> Result<HashMap<Key, Standing>> {
    let mut first: HashMap<Key, (i64, i64)> = HashMap::new();
    let written = keys.iter().map(ToString::to_string);
    let since: Vec<(String, i64, i64)> = on_each!(&mut *conn, conn => edits::table
        .filter(edits::kind.eq(kind.row_kind()))
        .filter(among(edits::key, written))
        .filter(edits::seq.ge(entry))
        .select((edits::key, edits::seq, edits::ordinal))
        .order((edits::key, edits::seq, edits::ordinal))
        .load(conn))?;
    for (written, seq, ordinal) in since {
        if let Some(key) = kind.read_key(&written) {
            first.entry(key).or_insert((seq, ordinal));
        }
    }
    // What has not been touched since is as it was.
    let untouched = keys.iter().filter(|key| !first.contains_key(key)).cloned().collect_vec();
    let mut rows = now(conn, kind, &untouched)?;
    if first.is_empty() {
        return Ok(rows);
    }
    let entries = first.values().map(|(seq, _)| *seq).unique().collect_vec();
    let images: Vec<(i64, i64, Option<String>)> = on_each!(conn, conn => edits::table
        .filter(edits::kind.eq(kind.row_kind()))
        .filter(among(edits::key, first.keys().map(ToString::to_string)))
        .filter(among(edits::seq, entries))
        .select((edits::seq, edits::ordinal, edits::before))
        .load(conn))?;
    let mut images: HashMap<(i64, i64), Option<String>> =
        images.into_iter().map(|(seq, ordinal, image)| ((seq, ordinal), image)).collect();
    for (key, place) in first {
        if let Some(image) = images.remove(&place).flatten() {
            let standing = Standing::of_image(kind, &key, Image::read(&image)?);
            rows.insert(key, standing);
        }
    }
    Ok(rows)
}

/// The rows among these that there are.
pub(super) fn now(conn: &mut Conn, kind: FeedKind, keys: &[Key]) -> Result<HashMap<Key, Standing>> {
    macro_rules! public {
        ($table:ident) => {{
            let rows: Vec<(String, i64)> = on_each!(conn, conn => $table::table
                .filter(among($table::code, codes(keys)))
                .select(($table::code, $table::seq))
                .load(conn))?;
            rows.into_iter().map(|(code, seq)| (Key::Code(code), Standing::public(seq))).collect()
        }};
    }
    macro_rules! placed {
        ($table:ident, $places:ident, $of:ident) => {{
            let places: Vec<(String, AreaCode)> = on_each!(&mut *conn, conn => $places::table
                .filter(among($places::$of, codes(keys)))
                .select(($places::$of, $places::area))
                .load(conn))?;
            let mut places = places.into_iter().into_group_map();
            let rows: Vec<(String, i64, Visibility)> = on_each!(conn, conn => $table::table
                .filter(among($table::code, codes(keys)))
                .select(($table::code, $table::seq, $table::visibility))
                .load(conn))?;
            let placed = |(code, seq, visibility)| {
                let areas = places.remove(&code).unwrap_or_default();
                (Key::Code(code), Standing { visibility, areas, of: None, seq })
            };
            rows.into_iter().map(placed).collect()
        }};
    }
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(match kind {
        FeedKind::Unit => public!(units),
        FeedKind::Report => public!(reports),
        FeedKind::Project => placed!(projects, project_areas, project),
        FeedKind::PlanItem => placed!(plan_items, plan_item_areas, item),
        FeedKind::Metric => {
            let rows: Vec<(String, i64, Visibility)> = on_each!(conn, conn => metrics::table
                .filter(among(metrics::code, codes(keys)))
                .select((metrics::code, metrics::seq, metrics::visibility))
                .load(conn))?;
            let standing =
                |(code, seq, visibility)| (Key::Code(code), Standing { visibility, ..Standing::public(seq) });
            rows.into_iter().map(standing).collect()
        }
        FeedKind::Area => {
            let rows: Vec<(AreaCode, i64)> = on_each!(conn, conn => areas::table
                .filter(among(areas::code, numbers(keys)))
                .select((areas::code, areas::seq))
                .load(conn))?;
            let standing = |(code, seq): (AreaCode, i64)| {
                (Key::Number(code.as_i64()), Standing { areas: vec![code], ..Standing::public(seq) })
            };
            rows.into_iter().map(standing).collect()
        }
        FeedKind::Plan => {
            let rows: Vec<(String, AreaCode, i64)> = on_each!(conn, conn => plans::table
                .filter(among(plans::code, codes(keys)))
                .select((plans::code, plans::area, plans::seq))
                .load(conn))?;
            let standing = |(code, area, seq)| {
                (Key::Code(code), Standing { areas: vec![area], ..Standing::public(seq) })
            };
            rows.into_iter().map(standing).collect()
        }
        FeedKind::Milestone => {
            let of = keys.iter().filter_map(|key| match key {
                Key::Part(project, _) => Some(project.clone()),
                _ => None,
            });
            let rows: Vec<(String, i64, i64)> = on_each!(conn, conn => milestones::table
                .filter(among(milestones::project, of.unique()))
                .select((milestones::project, milestones::ordinal, milestones::seq))
                .load(conn))?;
            let wanted: HashSet<&Key> = keys.iter().collect();
            let standing = |(project, ordinal, seq): (String, i64, i64)| {
                let of = Some((FeedKind::Project, Key::Code(project.clone())));
                (Key::Part(project, ordinal), Standing { of, ..Standing::public(seq) })
            };
            rows.into_iter().map(standing).filter(|(key, _)| wanted.contains(key)).collect()
        }
        FeedKind::ProgressReport => {
            type Row = (i64, Option<String>, Option<String>, i64);
            let rows: Vec<Row> = on_each!(conn, conn => progress_reports::table
                .filter(among(progress_reports::id, numbers(keys)))
                .select((
                    progress_reports::id,
                    progress_reports::project,
                    progress_reports::plan_item,
                    progress_reports::seq,
                ))
                .load(conn))?;
            let standing = |(id, project, item, seq): Row| {
                let of = owner(project, item);
                (Key::Number(id), Standing { of, ..Standing::public(seq) })
            };
            rows.into_iter().map(standing).collect()
        }
        // Whether they are seen is for their states to say.
        FeedKind::Observation => HashMap::new(),
    })
}

fn codes(keys: &[Key]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn numbers(keys: &[Key]) -> Vec<i64> {
    keys.iter().filter_map(Key::number).collect()
}
