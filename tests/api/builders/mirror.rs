//! A copy of what one reader sees, kept by the change feed.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::lists::with;
use crate::harness::{Answer, TestApp};

/// A copy, by kind and key: the rows as they were told last.
pub struct Mirror<'a> {
    app: &'a TestApp,
    /// What of the feed is asked for.
    pub path: String,
    token: Option<String>,
    since: Option<String>,
    pub rows: BTreeMap<(String, String), (i64, Value)>,
}

impl<'a> Mirror<'a> {
    /// An empty copy for the holder of a key, or for a stranger.
    pub fn new(app: &'a TestApp, path: &str, token: Option<&str>) -> Mirror<'a> {
        let (path, token) = (path.to_owned(), token.map(str::to_owned));
        Mirror { app, path, token, since: None, rows: BTreeMap::new() }
    }

    /// The next answer of the feed.
    pub async fn ask(&self, more: &str) -> Answer {
        let since = self.since.as_ref().map_or(String::new(), |since| format!("since={since}&"));
        self.app.get(&with(&self.path, &format!("{since}{more}"))).by_if(self.token.as_deref()).await
    }

    /// Applies what an answer tells.
    pub fn apply(&mut self, page: &Value) {
        let mut told = Vec::new();
        for change in page["items"].as_array().unwrap() {
            let row = (change["kind"].as_str().unwrap().to_owned(), key(change));
            assert!(!told.contains(&row), "{row:?} is told twice in {page:#}");
            told.push(row.clone());
            match change["op"].as_str().unwrap() {
                "put" => {
                    drop(self.rows.insert(row, (change["seq"].as_i64().unwrap(), change["data"].clone())))
                }
                _ => drop(self.rows.remove(&row)),
            }
        }
        self.since = Some(page["next"].as_str().unwrap().to_owned());
    }

    /// Pulls all that there is, so many changes at a time, and gives them. What was done before is said if it fails.
    pub async fn pull(&mut self, limit: usize, after: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = self.ask(&format!("limit={limit}&digest=true")).await.json();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit, "{page:#}");
            all.extend(items.iter().cloned());
            self.apply(&page);
            if page["more"] == json!(false) {
                if page["digest"] != json!(self.digest()) {
                    self.is_equal(after).await;
                    panic!("{}: the rows are equal and their digest is not", self.path);
                }
                return all;
            }
            assert_eq!(page["digest"], json!(null));
        }
    }

    /// The digest of the rows held.
    pub fn digest(&self) -> String {
        let of_row = |((kind, key), (seq, _)): (&(String, String), &(i64, Value))| {
            let hash = Sha256::digest(format!("{kind}\n{key}\n{seq}"));
            u128::from_be_bytes(hash[..16].try_into().unwrap())
        };
        format!("{:032x}", self.rows.iter().map(of_row).fold(0, u128::wrapping_add))
    }

    /// Checks that the copy is what one that begins now has, row by row.
    pub async fn is_equal(&self, after: &str) {
        let mut whole = Mirror::new(self.app, &self.path, self.token.as_deref());
        let first = whole.ask("limit=1000&digest=true").await.json();
        whole.apply(&first);
        assert_eq!(first["more"], json!(false));
        assert_eq!(first["count"].as_u64().unwrap() as usize, whole.rows.len(), "{}", self.path);
        let held = |rows: &BTreeMap<(String, String), (i64, Value)>| -> Vec<String> {
            let line = |(row, (seq, data)): (&(String, String), &(i64, Value))| {
                let mut data = data.clone();
                data.as_object_mut().map(|members| members.remove("light"));
                format!("{row:?} {seq} {data}")
            };
            rows.iter().map(line).collect()
        };
        let (held, wanted) = (held(&self.rows), held(&whole.rows));
        let lacking: Vec<&String> = wanted.iter().filter(|line| !held.contains(line)).collect();
        let beyond: Vec<&String> = held.iter().filter(|line| !wanted.contains(line)).collect();
        assert!(
            lacking.is_empty() && beyond.is_empty(),
            "{} after {after}: lacks {lacking:#?}\nhas {beyond:#?}",
            self.path
        );
    }
}

/// The key of a change as the digest takes it.
fn key(change: &Value) -> String {
    let key = &change["key"];
    match change["kind"].as_str().unwrap() {
        "milestone" => format!("{}/{}", key["project"].as_str().unwrap(), key["ordinal"]),
        "observation" | "progress_report" => key["id"].to_string(),
        _ => key["code"].as_str().unwrap().to_owned(),
    }
}
