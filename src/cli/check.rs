//! `taizhang check`: reads settings, database and store, and says what is wrong. The settings have been
//! read before it runs. It changes and creates nothing.

use clap::Args;

use super::database::open_existing;
use super::terminal::say;
use crate::config::Config;
use crate::db::Db;
use crate::db::dialect::soundness::{Soundness, examine};
use crate::error::{Error, Result};
use crate::exchange::attachments::{self, Inventory};
use crate::storage::Store;

/// How much is looked at.
#[derive(Debug, Clone, Args)]
pub struct Extent {
    /// Read every uploaded file and compare it with its hash, and not only a hundred of them
    #[arg(long)]
    all_files: bool,
}

/// Says that all is well, or fails with what is not.
pub async fn run(config: &Config, extent: Extent) -> Result<()> {
    let db = open_existing(config)?;
    let head = db.head().await?;
    say(&format!("settings are valid\ndatabase: {}, migrated, ledger at entry {head}\n", db.kind()))?;
    let Soundness { means, mut faults } = db.upgrade(examine)?;
    if faults.is_empty() {
        say(&format!("数据库完好 database is whole: {means}\n"))?;
    } else {
        faults.insert(
            0,
            format!("数据库已损坏，请恢复备份 the database is damaged, restore a backup ({means})"),
        );
    }
    faults.extend(look_at_files(config, &db, extent.all_files).await?);
    if faults.is_empty() { Ok(()) } else { Err(Error::Corrupt(faults.join("\n"))) }
}

async fn look_at_files(config: &Config, db: &Db, all: bool) -> Result<Vec<String>> {
    let place = &config.attachments.place;
    let Some(store) = Store::open_existing(place, &config.attachments.aws)? else {
        let known = db.read(crate::db::attachments::count).await?.data;
        return Ok(match known {
            0 => Vec::new(),
            _ => {
                vec![format!("附件目录不存在 there is no folder {place}, and there are {known} attachments")]
            }
        });
    };
    let Inventory { known, read, mut faults } = attachments::take_stock(db, &store, all).await?;
    if faults.is_empty() {
        say(&format!("附件完好 files are whole: {read} of {known} read in {place}\n"))?;
    } else {
        let how = "附件丢失或损坏，重新上传同一文件即可恢复 files are lost or damaged; uploading the same file again restores it";
        faults.insert(0, format!("{how} ({read} of {known} read in {place})"));
    }
    Ok(faults)
}
