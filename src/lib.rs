//! taizhang 台账 holds what a township says of its year once: villages, metrics with their
//! observations, projects and plan items, each traceable to the sentence that states it, behind one
//! REST JSON API over SQLite or PostgreSQL.
//!
//! # Rings
//!
//! ```text
//! main -> cli -> api -> exchange -> statistics -> db -> domain        everyone may use error and domain
//!                  exchange -> storage -> domain
//! ```
//!
//! - [`domain`]: values with rules, such as area codes, periods, quantities and their words; who may see
//!   and do what ([`domain::access`]). Pure.
//! - [`db`]: three verbs, `read`, `scan` and `write`, and one module of rows and queries for each
//!   resource. Every write is one numbered entry of the ledger ([`db::ledger`]).
//! - [`storage`]: files that are no rows, in a folder or a bucket, and what pictures are.
//! - [`statistics`]: whatever is worked out from rows: roll-ups, rankings, series, completion, completeness,
//!   scoreboards, summaries, overviews, timelines.
//! - [`exchange`]: between rows and what is handed in or out: drafts, seeds, the formats of files.
//! - [`api`]: keys, routes, query strings, bodies, pages, downloads, problem documents, the cache of
//!   ready answers.
//! - [`cli`]: one file for each command.
//!
//! # One request
//!
//! `GET /api/v1/villages?within=430681107`: [`api::observe`] gives it an id, [`api::limits`] counts it,
//! [`api::access`] finds out whose key it has, [`api::cache`] looks for a ready answer, made of what has not
//! been written since, [`api::villages`] reads the query into a filter, [`db::areas`] asks the database as far as the
//! caller may see, [`api::page`] makes the envelope. Whatever goes wrong becomes a problem document in
//! [`api::problem`]; so does, in [`api::refused`], what is no request at all.
//!
//! # One write
//!
//! `PATCH /api/v1/metrics/land.cultivated.area`: [`api::write`] reads media type, body, parameters and
//! preconditions in the order in which faults are told, the handler lays the merge patch on the row as it
//! is answered and reads the result as a draft ([`api::body`]), the draft checks itself
//! ([`exchange::drafts`]), [`db::metrics`] stores it, and all of it is one entry of the ledger, answered
//! when it is on disk.

pub mod api;
pub mod cli;
pub mod config;
pub mod db;
pub mod domain;
pub mod error;
pub mod exchange;
pub mod statistics;
pub mod storage;
