//! Which rows of the feed a reader sees: now, and where it stands.

use std::collections::{HashMap, HashSet};

use itertools::Itertools;

use super::observed;
use super::reader::Reader;
use super::rows::{Standing, before, now};
use crate::db::dialect::Conn;
use crate::db::{plan_items as items, stamps};
use crate::domain::codes::Visibility;
use crate::domain::feed::{Bookmark, FeedKind, Key};
use crate::domain::row_kind::RowKind;
use crate::error::Result;

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
