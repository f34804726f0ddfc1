//! How commands open the database of the settings.

use crate::config::Config;
use crate::db::Db;
use crate::db::dialect::location;
use crate::error::{Error, Result};

/// The database, created when it is missing: for the commands that begin one.
pub fn open(config: &Config) -> Result<Db> {
    Db::open(&config.database.url, config.database.pool_size)
}

/// The database as one of those commands has left it. A mistyped `DATABASE_URL` must not make another one.
pub fn open_existing(config: &Config) -> Result<Db> {
    if let Some(path) = location::file_of(&config.database.url)?
        && !path.is_file()
    {
        let path = path.display();
        let missing = format!(
            "没有数据库文件 there is no database file {path}; `taizhang serve`, `migrate` or `seed` creates it"
        );
        return Err(Error::Unusable(missing));
    }
    let db = open(config)?;
    if !db.is_migrated()? {
        return Err(Error::Unusable("migrations are missing; run `taizhang migrate`".to_owned()));
    }
    Ok(db)
}
