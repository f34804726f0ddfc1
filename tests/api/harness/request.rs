//! A request that is written member by member, and sent.

use actix_web::test;
use serde_json::Value;

use super::{Answer, TestApp};

/// A request that is still being written.
pub struct Request<'a> {
    pub(super) app: &'a TestApp,
    pub(super) inner: test::TestRequest,
}

impl Request<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.inner = self.inner.append_header((name, value));
        self
    }

    /// With a key.
    pub fn by(mut self, token: &str) -> Self {
        self.inner = self.inner.insert_header(("authorization", format!("Bearer {token}")));
        self
    }

    /// With the tag of the row as it was read.
    pub fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// With a body of JSON.
    pub fn json(self, body: Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.inner = self.inner.insert_header(("content-type", media_type)).set_payload(body.into());
        self
    }

    pub async fn send(self) -> Answer {
        self.app.answer(self.inner).await
    }
}
