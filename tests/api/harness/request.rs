//! A request that is written member by member, and sent by awaiting it.

use std::pin::Pin;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::Value;

use super::{Answer, TestApp};

impl TestApp {
    pub fn get(&self, path: &str) -> Request<'_> {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: Value) -> Request<'_> {
        self.request(Method::POST, path).json(body)
    }

    /// Makes a row that is not there, or with `if_match` replaces one that is.
    pub fn put(&self, path: &str, body: Value) -> Request<'_> {
        let condition = Some(("if-none-match", "*".to_owned()));
        Request { condition, ..self.request(Method::PUT, path).json(body) }
    }

    /// Changes a row, whatever its tag.
    pub fn patch(&self, path: &str, changes: Value) -> Request<'_> {
        let request = self.request(Method::PATCH, path).if_match("*");
        request.body("application/merge-patch+json", changes.to_string())
    }

    /// Deletes a row, whatever its tag.
    pub fn delete(&self, path: &str) -> Request<'_> {
        self.request(Method::DELETE, path).if_match("*")
    }

    /// A request of any method, with the key of the service if it has one.
    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        let inner = TestRequest::default().method(method).uri(path);
        Request { app: self, path: path.to_owned(), inner, condition: None }.by_if(self.key.as_deref())
    }

    /// The answer to a request that is made by hand.
    pub async fn answer(&self, request: TestRequest) -> Answer {
        let request = request.to_request();
        let (method, path) = (request.method().to_string(), request.path().to_owned());
        let answer = Answer::of((self.call)(request).await).await;
        crate::refusals::check(&method, &path, &answer);
        answer
    }
}

/// A request that is still being written.
#[must_use = "a request is sent by awaiting it"]
pub struct Request<'a> {
    app: &'a TestApp,
    path: String,
    inner: TestRequest,
    /// The header that says on what condition it writes.
    condition: Option<(&'static str, String)>,
}

impl Request<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.inner = self.inner.append_header((name, value));
        self
    }

    pub fn headers(self, headers: &[(&str, &str)]) -> Self {
        headers.iter().fold(self, |request, (name, value)| request.header(name, value))
    }

    /// With a key.
    pub fn by(mut self, token: &str) -> Self {
        self.inner = self.inner.insert_header(("authorization", format!("Bearer {token}")));
        self
    }

    /// With a key, where there is one.
    pub fn by_if(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.by(token),
            None => self,
        }
    }

    /// With the tag of the row as it was read.
    pub fn if_match(self, tag: &str) -> Self {
        Request { condition: Some(("if-match", tag.to_owned())), ..self }
    }

    /// With a body of JSON.
    pub fn json(self, body: Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.inner = self.inner.insert_header(("content-type", media_type)).set_payload(body.into());
        self
    }

    /// As a future of its own, to be awaited with others.
    pub async fn send(self) -> Answer {
        let request = match self.condition {
            Some(condition) => self.inner.append_header(condition),
            None => self.inner,
        };
        self.app.answer(request).await
    }

    /// Sends a `PUT` that makes the row, or replaces the one that is there.
    pub async fn or_replace(self) -> Answer {
        match self.app.get(&self.path).await.status.as_u16() {
            404 => self.await,
            _ => self.if_match("*").await,
        }
    }
}

impl<'a> IntoFuture for Request<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
