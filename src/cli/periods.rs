//! `taizhang periods`: locks periods for submissions, unlocks them, lists the locks.

use clap::Subcommand;

use super::terminal::say;
use crate::db::ledger::Origin;
use crate::db::{Db, Window, areas, period_locks};
use crate::domain::area_code::AreaCode;
use crate::domain::period::Period;
use crate::error::{Error, Invalid, Result, Thing};

/// What is done to the locks.
#[derive(Debug, Clone, Subcommand)]
pub enum Periods {
    /// Lock periods: no submission may propose figures of them any more; editors still correct them
    Lock {
        /// Last period that is locked: 2022-12 locks every period that ends on 2022-12-31 or before
        #[arg(long, value_parser = read::<Period>)]
        through: Period,
        /// Area that is locked with all below it; without it every area
        #[arg(long, value_parser = read::<AreaCode>)]
        area: Option<AreaCode>,
    },
    /// Take the lock off an area; those of areas above it stay
    Unlock {
        /// Area whose own lock is taken off
        #[arg(long, value_parser = read::<AreaCode>)]
        area: AreaCode,
    },
    /// List the locks
    List,
}

fn read<T: std::str::FromStr<Err = Invalid>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|invalid: Invalid| invalid.to_string())
}

/// Does it, as one entry of the ledger.
pub async fn run(db: &Db, command: Periods) -> Result<()> {
    let origin = Origin::command("taizhang periods");
    match command {
        Periods::Lock { through, area } => {
            let lock = db.write(origin, move |entry| {
                let areas = match area {
                    Some(area) => vec![areas::find(entry.conn, area)?.code],
                    None => roots(entry.conn)?,
                };
                areas.iter().try_for_each(|&area| period_locks::lock(entry, area, through.last_day()))
            });
            lock.await.map(drop)
        }
        Periods::Unlock { area } => {
            db.write(origin, move |entry| period_locks::unlock(entry, area)).await.map(drop)
        }
        Periods::List => {
            let locks = db.read(period_locks::list).await?.data;
            locks.iter().try_for_each(|lock| say(&format!("{}\t{}\n", lock.area, lock.through)))
        }
    }
}

/// The areas that lie in no other: together with all below them, every area.
fn roots(conn: &mut crate::db::Conn) -> Result<Vec<AreaCode>> {
    let window = Window { after: None, limit: i64::MAX };
    let all = areas::list(conn, &areas::AreaFilter::default(), &window)?;
    let roots: Vec<AreaCode> =
        all.iter().filter(|area| area.parent.is_none()).map(|area| area.code).collect();
    if roots.is_empty() { Err(Error::NotFound { what: Thing::Area, key: "*".to_owned() }) } else { Ok(roots) }
}
