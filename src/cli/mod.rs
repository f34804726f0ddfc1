//! The command line: one file for each command.

mod attachments;
mod check;
mod database;
mod generate;
mod keys;
mod log;
mod migrate;
mod periods;
mod seed;
mod serve;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Config};
use crate::domain::zone;
use crate::error::{Error, Result};
use database::{open, open_existing};
use terminal::say;

/// 台账: a township's ledger of villages, metrics, projects and plan items behind one REST JSON API.
#[derive(Debug, Parser)]
#[command(name = "taizhang", version, after_help = config::settings::help())]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Migrate, fill an empty database with the built-in seed, and serve (the default)
    #[command(after_help = config::settings::help())]
    Serve,
    /// Run the database migrations that are missing
    #[command(after_help = config::settings::help())]
    Migrate,
    /// Add what is missing from the built-in seed or from a folder; safe to run twice
    #[command(after_help = config::settings::help())]
    Seed {
        /// Folder with files like those of the built-in seed; any of them may be left out
        dir: Option<PathBuf>,
    },
    /// Fill an empty database with made-up data, to try the service at any size
    #[command(after_help = config::settings::help())]
    Generate(generate::Sizing),
    /// Make, list and revoke API keys
    #[command(subcommand, after_help = config::settings::help())]
    Keys(keys::Action),
    /// Lock and unlock the periods that submissions may report on
    #[command(after_help = config::settings::help())]
    Periods {
        #[command(subcommand)]
        command: periods::Periods,
    },
    /// Look after uploaded files
    #[command(after_help = config::settings::help())]
    Attachments {
        #[command(subcommand)]
        command: attachments::Attachments,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Read settings, database and uploaded files, and say what is wrong
    #[command(after_help = config::settings::help())]
    Check(check::Extent),
}

/// Runs the command that the command line names. Exit code 2: the command line or a setting is
/// wrong; 1: the command failed.
pub fn run() -> ExitCode {
    match execute(Arguments::parse().command.unwrap_or(Command::Serve)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::complain(&error);
            if matches!(error, Error::Config(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn execute(command: Command) -> Result<()> {
    if matches!(command, Command::Openapi) {
        return say(&crate::api::openapi::rendered(&crate::api::openapi::document())?);
    }
    let config = Config::load()?;
    zone::choose(config.zone);
    // It writes what is left of it when it goes.
    let _log = log::start(&config.log);
    actix_web::rt::System::new().block_on(async {
        match command {
            Command::Serve => serve::run(&config).await,
            Command::Migrate => migrate::run(&open(&config)?),
            Command::Seed { dir } => seed::run(&open(&config)?, dir.as_deref()).await,
            Command::Generate(sizing) => generate::run(&open_existing(&config)?, sizing).await,
            Command::Keys(action) => keys::run(&open_existing(&config)?, action).await,
            Command::Periods { command } => periods::run(&open_existing(&config)?, command).await,
            Command::Attachments { command } => attachments::run(&config, command).await,
            Command::Check(extent) => check::run(&config, extent).await,
            Command::Openapi => Ok(()),
        }
    })
}
