//! `taizhang keys`: makes, lists and revokes API keys. Each that changes something is an entry of the
//! ledger, signed by the command.

use clap::Subcommand;

use super::terminal::{print, say};
use crate::db::keys::{self, KeyRow};
use crate::db::ledger::Origin;
use crate::db::{Db, Window};
use crate::domain::access::{KeyRole, Reach};
use crate::domain::area_code::AreaCode;
use crate::domain::id::KeyId;
use crate::domain::token::Token;
use crate::domain::when::When;
use crate::domain::zone;
use crate::error::{Error, Invalid, Result, chain};
use crate::exchange::drafts::key::KeyDraft;

/// Keys read at a time.
const CHUNK: i64 = 1000;

/// What to do with keys.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Make a key and print its token, which is shown this once
    #[command(after_help = crate::config::settings::help())]
    Create {
        /// Name, which signs what is written with the key
        #[arg(long)]
        name: String,
        /// reader, reporter, reviewer, editor or admin; each includes those before it
        #[arg(long)]
        role: KeyRole,
        /// Official code of the area that the key is for; all areas without it
        #[arg(long, value_name = "CODE")]
        area: Option<AreaCode>,
        /// Last day (2027-12-31), or the instant, of its validity; it does not expire without it
        #[arg(long, value_name = "DATE")]
        expires: Option<When>,
    },
    /// List all keys, one a line, columns separated by tabs
    #[command(after_help = crate::config::settings::help())]
    List,
    /// Revoke a key for good
    #[command(after_help = crate::config::settings::help())]
    Revoke {
        /// Id of the key, as `keys list` prints it
        id: KeyId,
    },
}

/// Does it.
pub async fn run(db: &Db, action: Action) -> Result<()> {
    match action {
        Action::Create { name, role, area, expires } => {
            let name =
                name.parse().map_err(|invalid: Invalid| Error::Config(format!("--name: {invalid}")))?;
            create(db, KeyDraft { name, role, area, expires_at: expires }).await
        }
        Action::List => list(db).await,
        Action::Revoke { id } => revoke(db, id.to_string()).await,
    }
}

async fn create(db: &Db, draft: KeyDraft) -> Result<()> {
    let token = Token::generate()?;
    let (line, id) = (format!("{token}\n"), token.id().to_string());
    db.write(Origin::command("keys create"), move |entry| draft.make(entry, &token, None)).await?;
    let Err(unprinted) = print(&line) else { return Ok(()) };
    // Nobody can use it, and nobody would know of it.
    let taken_back = revoke(db, id.clone()).await;
    let state = match &taken_back {
        Ok(()) => "密钥已撤销 the key is revoked again".to_owned(),
        Err(error) => format!(
            "密钥未能撤销 the key could not be revoked, run `taizhang keys revoke {id}`: {}",
            chain(error)
        ),
    };
    Err(Error::Unprinted(format!("{unprinted}；{state}")))
}

async fn list(db: &Db) -> Result<()> {
    say("id\tname\trole\tarea\tcreated\texpires\tlast used\trevoked\n")?;
    let mut after = None;
    loop {
        let window = Window { after, limit: CHUNK };
        let keys = db.read(move |conn| keys::list(conn, Reach::Everywhere, &window)).await?.data;
        say(&keys.iter().map(line).collect::<String>())?;
        match keys.last() {
            Some(last) => after = Some(last.id.clone()),
            None => return Ok(()),
        }
    }
}

fn line(key: &KeyRow) -> String {
    let time = |time: Option<chrono::NaiveDateTime>| {
        time.map_or_else(|| "-".to_owned(), |time| zone::local(time).format("%F %T").to_string())
    };
    let area = key.area.map_or_else(|| "all".to_owned(), |area| area.to_string());
    let times = [Some(key.created_at), key.expires_at, key.last_used_at, key.revoked_at].map(time).join("\t");
    format!("{}\t{}\t{}\t{area}\t{times}\n", key.id, key.name, key.role)
}

async fn revoke(db: &Db, id: String) -> Result<()> {
    db.write(Origin::command("keys revoke"), move |entry| keys::revoke(entry, Reach::Everywhere, &id))
        .await?;
    Ok(())
}
