//! The one integration test program: HTTP in process, each test with a database of its own. Runs on
//! SQLite, and on PostgreSQL when `TEST_DATABASE_URL` names a server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod caching;
mod conventions;
mod harness;
mod openapi;
mod service;
mod villages;
