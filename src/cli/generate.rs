//! `taizhang generate`: fills an empty database with made-up data of any size.

use std::time::Instant;

use clap::{Args, value_parser};

use super::terminal::say;
use crate::db::Db;
use crate::error::Result;
use crate::exchange::generate::{self, Sizes};

/// How much to generate.
#[derive(Debug, Clone, Args)]
pub struct Sizing {
    /// Observations
    #[arg(long, default_value = "10000000", value_parser = value_parser!(u64).range(1..))]
    observations: u64,
    /// Villages; the country has about the default
    #[arg(long, default_value = "620000", value_parser = value_parser!(u64).range(1..=1_000_000))]
    villages: u64,
    /// Another seed makes other data of the same shape
    #[arg(long, default_value = "1")]
    seed: u64,
}

/// Generates, and says how much and how fast.
pub async fn run(db: &Db, sizing: Sizing) -> Result<()> {
    let Sizing { observations, villages, seed } = sizing;
    let began = Instant::now();
    let done = generate::fill(db, Sizes { observations, villages, seed }).await?;
    let seconds = began.elapsed().as_secs_f64();
    say(&format!(
        "generated {} areas, {} observations with {} states in {seconds:.1} s\n",
        done.areas, done.observations, done.states,
    ))
}
