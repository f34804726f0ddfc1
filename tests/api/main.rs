//! The one integration test program: HTTP in process, each test with a database of its own. Runs on
//! SQLite, and on PostgreSQL when `TEST_DATABASE_URL` names a server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod architecture;
mod areas;
mod areas_writing;
mod bounds;
mod caching;
mod citations;
mod commands;
mod conventions;
mod correcting;
mod entries;
mod figures;
mod harness;
mod hostile;
mod idempotency;
mod keys;
mod killed;
mod ledger;
mod limits;
mod lists;
mod malformed;
mod matrix;
mod metrics;
mod migrations;
mod observations;
mod openapi;
mod plans;
mod plans_writing;
mod process;
mod projects;
mod projects_writing;
mod readme;
mod recording;
mod reports;
mod reports_writing;
mod revisions;
mod same_answers;
mod search;
mod seed;
mod service;
mod submissions;
mod units;
mod villages;
mod visibility;
mod writing;
