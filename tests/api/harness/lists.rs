//! Lists as tests look at them: whole, page by page, and one member of every item.

use serde_json::Value;

use super::TestApp;

/// A text as it stands in a query string.
pub fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// One member of every item, as text.
pub fn each(items: &[Value], member: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    items.iter().map(|item| text(&item[member])).collect()
}

impl TestApp {
    /// One member of every item of a list that fits on one page.
    pub async fn listed(&self, path: &str, member: &str) -> Vec<String> {
        let answer = self.get(&with(path, "limit=1000")).await;
        assert_eq!(answer.json()["next"], Value::Null, "more than one page of {path}");
        each(&answer.items(), member)
    }

    /// The same of a list that counts as many items as it gives.
    pub async fn chosen(&self, path: &str, member: &str) -> Vec<String> {
        let all = self.listed(path, member).await;
        assert_eq!(self.counted(path).await, all.len() as i64, "count of {path}");
        all
    }

    /// How many items a list says that it has, whatever its page shows.
    pub async fn counted(&self, path: &str) -> i64 {
        let answer = self.get(&with(path, "limit=1&count=exact")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["count"].as_i64().unwrap()
    }

    /// The items of a list, collected from pages of `limit`, each full but the last. The ledger goes on for ever: its
    /// last page leads to one without entries.
    pub async fn walked(&self, path: &str, limit: usize) -> Vec<Value> {
        let is_endless = path.contains("/entries") && !path.contains("/edits");
        let mut all = Vec::new();
        let mut address = with(path, &format!("limit={limit}"));
        loop {
            let answer = self.get(&address).await;
            let items = answer.items();
            all.extend(items.iter().cloned());
            let Some(next) = answer.json()["next"].as_str().map(str::to_owned) else {
                assert_eq!(answer.header("link"), "", "a link on the last page of {path}");
                assert!(items.len() <= limit, "{address}");
                assert!(all.is_empty() || items.is_empty() == is_endless, "{address}");
                return all;
            };
            assert!(items.len() == limit || is_endless && !items.is_empty(), "{address}");
            address = with(path, &format!("limit={limit}&cursor={next}"));
        }
    }

    /// Checks that pages of each size hold together what one page holds, and gives that.
    pub async fn paged(&self, path: &str, limits: impl IntoIterator<Item = usize>) -> Vec<Value> {
        let whole = self.walked(path, 1000).await;
        assert!(whole.len() < 1000, "{path}");
        assert_eq!(self.counted(path).await, whole.len() as i64, "count of {path}");
        for limit in limits {
            assert_eq!(self.walked(path, limit).await, whole, "pages of {limit} of {path}");
        }
        whole
    }
}

/// An address with further parameters.
pub fn with(path: &str, parameters: &str) -> String {
    format!("{path}{}{parameters}", if path.contains('?') { '&' } else { '?' })
}

/// What a statistic answers.
pub async fn told(app: &TestApp, path: &str) -> Value {
    let answer = app.get(&with(&format!("/api/v1/{path}"), "limit=1000")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// Its only row.
pub async fn row(app: &TestApp, path: &str) -> Value {
    let told = told(app, path).await;
    let items = told["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{path}: {told}");
    items[0].clone()
}

/// Some members of each row, as JSON lists.
pub fn columns<const N: usize>(told: &Value, members: [&str; N]) -> Vec<Value> {
    let items = told["items"].as_array().unwrap();
    items.iter().map(|item| members.iter().map(|member| item[*member].clone()).collect()).collect()
}

/// Some members of a row, as a JSON list.
pub fn picked<const N: usize>(row: &Value, members: [&str; N]) -> Value {
    members.iter().map(|member| row[*member].clone()).collect()
}
