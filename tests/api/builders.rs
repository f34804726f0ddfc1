//! What tests begin with, by resource: bodies of requests, rows, and services with the keys of those who
//! use them. They set only what a test talks about.

pub mod areas;
pub mod attachments;
pub mod metrics;
pub mod mirror;
pub mod observations;
pub mod plans;
pub mod progress;
pub mod projects;
pub mod reports;
pub mod submissions;

use serde_json::Value;

/// Some members with more, which come instead of those of the same name.
pub fn merged(mut members: Value, more: Value) -> Value {
    members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    members
}
