//! Who sees the rows of the feed: now, and where a reader of the feed stands.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use itertools::Itertools;

use super::observed;
use super::reader::Reader;
use crate::db::among::among;
use crate::db::dialect::{Conn, on_each};
use crate::db::image::Image;
use crate::db::schema::{
    areas, edits, metrics, milestones, plan_item_areas, plan_items, plans, progress_reports, project_areas,
    projects, reports, units,
};
use crate::db::{plan_items as items, stamps};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::Visibility;
use crate::domain::feed::{Bookmark, FeedKind, Key};
use crate::domain::row_kind::RowKind;
use crate::error::Result;

/// Who sees a row.
#[derive(Debug, Clone)]
struct Standing {
    /// Of what has a row to belong to, that of the row.
    visibility: Visibility,
    areas: Vec<AreaCode>,
    /// The row that it belongs to: it is seen with it.
    of: Option<(FeedKind, Key)>,
    /// The entry that last touched it.
    seq: i64,
}

impl Standing {
    fn public(seq: i64) -> Standing {
        Standing { visibility: Visibility::Public, areas: Vec::new(), of: None, seq }
    }

    fn of_image(kind: FeedKind, key: &Key, image: Image) -> Standing {
        let owner = match (image.project, image.plan_item) {
            (Some(project), _) if kind != FeedKind::PlanItem => Some((FeedKind::Project, Key::Code(project))),
            (_, Some(item)) => Some((FeedKind::PlanItem, Key::Code(item))),
            _ => None,
        };
        let areas = match (kind, key) {
            (FeedKind::Area, key) => key.to_string().parse().into_iter().collect(),
            (FeedKind::Plan, _) => image.area.into_iter().collect(),
            _ => image.areas,
        };
        let visibility = image.visibility.unwrap_or(Visibility::Public);
        Standing { visibility, areas, of: owner, seq: 0 }
    }

    /// Whether a reader sees it, as far as it is for itself to say.
    fn is_seen(&self, reader: &Reader, kind: FeedKind) -> bool {
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

/// The rows among these that a reader sees now, each with the entry that last touched it as far as the reader sees.
pub fn seen_now(conn: &mut Conn, reader: &Reader, kind: FeedKind, keys: &[Key]) -> Result<HashMap<Key, i64>> {
    if kind == FeedKind::Observation {
        return observed::seen_now(conn, reader, keys);
    }
    let rows = now(conn, kind, keys)?;
    let owners = owners(rows.values(), |kind, keys| now(conn, kind, keys))?;
    let mut seen: HashMap<Key, i64> = rows
        .into_iter()
        .filter(|(_, row)| is_seen(reader, kind, row, &owners))
        .map(|(key, row)| (key, row.seq))
        .collect();
    restamp(conn, reader, kind, &mut seen)?;
    Ok(seen)
}

/// The rows among these that a reader saw where it stands.
pub fn seen_before(
    conn: &mut Conn,
    reader: &Reader,
    kind: FeedKind,
    keys: &[Key],
    bookmark: &Bookmark,
) -> Result<HashSet<Key>> {
    let mut seen = HashSet::new();
    if bookmark.position.seq == 0 {
        return Ok(seen);
    }
    // In the midst of an entry the reader has been told what it did to some rows. What they belong to was as it was
    // then, whether the reader has been told of that or not.
    let by_entry = keys.iter().cloned().into_group_map_by(|key| bookmark.first_untold(kind, key));
    for (since, keys) in by_entry {
        if kind == FeedKind::Observation {
            let stated = observed::stated_before(conn, reader, &keys, since, bookmark.time)?;
            let metrics = stated.values().map(|(metric, _)| Key::Code(metric.clone())).unique().collect_vec();
            let metrics = before(conn, FeedKind::Metric, &metrics, since)?;
            let is_public = |metric: String| {
                metrics.get(&Key::Code(metric)).is_some_and(|metric| metric.visibility == Visibility::Public)
            };
            let is_seen = |(metric, area)| reader.sight.internal.covers(area) || is_public(metric);
            seen.extend(stated.into_iter().filter_map(|(key, stated)| is_seen(stated).then_some(key)));
            continue;
        }
        let rows = before(conn, kind, &keys, since)?;
        let owners = owners(rows.values(), |kind, keys| before(conn, kind, keys, since))?;
        let rows = rows.into_iter().filter(|(_, row)| is_seen(reader, kind, row, &owners));
        seen.extend(rows.map(|(key, _)| key));
    }
    Ok(seen)
}

fn is_seen(
    reader: &Reader,
    kind: FeedKind,
    row: &Standing,
    owners: &HashMap<(FeedKind, Key), Standing>,
) -> bool {
    match &row.of {
        None => row.is_seen(reader, kind),
        Some(of) => owners.get(of).is_some_and(|owner| owner.is_seen(reader, of.0)),
    }
}

/// The rows that these belong to.
fn owners<'a>(
    rows: impl Iterator<Item = &'a Standing>,
    mut find: impl FnMut(FeedKind, &[Key]) -> Result<HashMap<Key, Standing>>,
) -> Result<HashMap<(FeedKind, Key), Standing>> {
    let wanted = rows.filter_map(|row| row.of.clone()).unique().into_group_map();
    let mut owners = HashMap::new();
    for (kind, keys) in wanted {
        owners.extend(find(kind, &keys)?.into_iter().map(|(key, row)| ((kind, key), row)));
    }
    Ok(owners)
}

/// The rows among these that there were before an entry.
fn before(conn: &mut Conn, kind: FeedKind, keys: &[Key], entry: i64) -> Result<HashMap<Key, Standing>> {
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
fn now(conn: &mut Conn, kind: FeedKind, keys: &[Key]) -> Result<HashMap<Key, Standing>> {
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
                let of = match (project, item) {
                    (Some(project), _) => Some((FeedKind::Project, Key::Code(project))),
                    (None, item) => item.map(|item| (FeedKind::PlanItem, Key::Code(item))),
                };
                (Key::Number(id), Standing { of, ..Standing::public(seq) })
            };
            rows.into_iter().map(standing).collect()
        }
        FeedKind::Observation => HashMap::new(),
    })
}

/// The stamps that the reader sees, in the place of those of rows whose last writes were nothing to it.
fn restamp(conn: &mut Conn, reader: &Reader, kind: FeedKind, seen: &mut HashMap<Key, i64>) -> Result<()> {
    let (FeedKind::Metric | FeedKind::PlanItem) = kind else { return Ok(()) };
    let kept = stamps::of_rows(conn, kind.row_kind(), seen.keys().map(ToString::to_string).collect())?;
    let stamped = match kind.row_kind() {
        RowKind::Metric if reader.sight.sees(Visibility::Internal) => return Ok(()),
        RowKind::Metric => kept.into_iter().map(|(code, (seq, _))| (code, seq)).collect_vec(),
        _ if kept.is_empty() => return Ok(()),
        _ => {
            let rows = items::of_codes(conn, kept.into_keys().collect())?;
            let rows = items::seen::seen(conn, reader.sight, rows, reader.now)?;
            rows.into_iter().map(|row| (row.code, row.seq)).collect_vec()
        }
    };
    seen.extend(stamped.into_iter().map(|(code, seq)| (Key::Code(code), seq)));
    Ok(())
}

fn codes(keys: &[Key]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn numbers(keys: &[Key]) -> Vec<i64> {
    keys.iter().filter_map(Key::number).collect()
}
