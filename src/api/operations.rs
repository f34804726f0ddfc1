//! The operations of the service as its OpenAPI document tells them: every route is in it, with the
//! role that it needs.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use super::documentation;
use super::made_of;
use super::problem::Problem;
use crate::domain::access::KeyRole;
use crate::domain::row_kind::Kinds;

/// Member of an operation that names the role it needs; absent where no key is needed.
pub const MIN_ROLE: &str = "x-min-role";

/// Every path of the service under its stem: this is asked of every request, so it looks at a few paths and not at all
/// of them.
pub struct Operations(HashMap<String, Vec<(ResourceDef, Taken)>>);

/// What a path takes.
struct Taken {
    /// The methods, each with the role that it needs; null where no key is needed.
    methods: Vec<(Method, Option<KeyRole>)>,
    /// What the answer of GET is made of.
    made_of: Kinds,
}

impl Operations {
    /// The operations of a document.
    pub fn of(document: &OpenApi) -> Operations {
        let public = || vec![(Method::GET, None)];
        let documentation = documentation::PATHS.map(|path| (path, public()));
        let documented = document.paths.paths.iter().map(|(path, item)| (path.as_str(), methods(item)));
        let mut operations = HashMap::<String, Vec<_>>::new();
        for (path, methods) in documented.chain(documentation) {
            let taken = Taken { methods, made_of: made_of::kinds(path) };
            operations.entry(stem(path).to_owned()).or_default().push((ResourceDef::new(path), taken));
        }
        Operations(operations)
    }

    /// What a request is told for which there is no handler: a 405 where another method would have
    /// one, else a 404.
    pub fn refusal(&self, request: &HttpRequest) -> Problem {
        let Some(taken) = self.taken(request.match_info().as_str()) else {
            return Problem::no_such_path(request.path());
        };
        let names = taken.methods.iter().map(|(method, _)| match method.as_str() {
            "GET" => "GET, HEAD",
            other => other,
        });
        Problem::method_not_allowed(request.method(), names.collect::<Vec<_>>().join(", "))
    }

    /// The role that an operation needs, null where no key is needed; none when there is no such
    /// operation.
    pub fn find(&self, path: &str, method: &Method) -> Option<Option<KeyRole>> {
        self.taken(path)?.methods.iter().find(|(taken, _)| taken == method).map(|(_, role)| *role)
    }

    /// Whether there is such a path, whatever methods it takes.
    pub fn knows(&self, path: &str) -> bool {
        self.taken(path).is_some()
    }

    /// The kinds of rows that the answer of a path is made of.
    pub fn made_of(&self, path: &str) -> Kinds {
        self.taken(path).map_or(Kinds::ALL, |taken| taken.made_of)
    }

    fn taken(&self, path: &str) -> Option<&Taken> {
        let paths = self.0.get(stem(path))?;
        paths.iter().find(|(resource, _)| resource.is_match(path)).map(|(_, taken)| taken)
    }
}

/// What comes before the parameters of a path: `/api/v1/metrics`, `/problems`.
fn stem(path: &str) -> &str {
    let parts = if path.starts_with("/api/") { 4 } else { 2 };
    path.match_indices('/').nth(parts - 1).map_or(path, |(end, _)| &path[..end])
}

fn methods(item: &PathItem) -> Vec<(Method, Option<KeyRole>)> {
    let operations = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let taken = operations.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)));
    taken.map(|(method, operation)| (method, min_role(operation))).collect()
}

/// The role that an operation needs.
pub fn min_role(operation: &Operation) -> Option<KeyRole> {
    operation.extensions.as_ref()?.get(MIN_ROLE)?.as_str()?.parse().ok()
}
