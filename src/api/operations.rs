//! The operations of the service as its OpenAPI document tells them: every route is in it, with the
//! role that it needs.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use super::documentation;
use super::problem::Problem;
use crate::domain::access::KeyRole;

/// Member of an operation that names the role it needs; absent where no key is needed.
pub const MIN_ROLE: &str = "x-min-role";

/// Every path of the service, with its methods and the roles they need, under the stem of the path: this
/// is asked of every request, so it looks at a few paths and not at all of them.
pub struct Operations(HashMap<String, Vec<(ResourceDef, Taken)>>);

/// The methods that a path takes, each with the role that it needs; null where no key is needed.
type Taken = Vec<(Method, Option<KeyRole>)>;

impl Operations {
    /// The operations of a document.
    pub fn of(document: &OpenApi) -> Operations {
        let public = || vec![(Method::GET, None)];
        let documentation = documentation::PATHS.map(|path| (path, public()));
        let documented = document.paths.paths.iter().map(|(path, item)| (path.as_str(), methods(item)));
        let mut operations = HashMap::<String, Vec<_>>::new();
        for (path, methods) in documented.chain(documentation) {
            operations.entry(stem(path).to_owned()).or_default().push((ResourceDef::new(path), methods));
        }
        Operations(operations)
    }

    /// What a request is told for which there is no handler: a 405 where another method would have
    /// one, else a 404.
    pub fn refusal(&self, request: &HttpRequest) -> Problem {
        let Some(methods) = self.methods(request.match_info().as_str()) else {
            return Problem::no_such_path(request.path());
        };
        let names = methods.iter().map(|(method, _)| match method.as_str() {
            "GET" => "GET, HEAD",
            other => other,
        });
        Problem::method_not_allowed(request.method(), names.collect::<Vec<_>>().join(", "))
    }

    /// The role that an operation needs, null where no key is needed; none when there is no such
    /// operation.
    pub fn find(&self, path: &str, method: &Method) -> Option<Option<KeyRole>> {
        self.methods(path)?.iter().find(|(taken, _)| taken == method).map(|(_, role)| *role)
    }

    /// Whether there is such a path, whatever methods it takes.
    pub fn knows(&self, path: &str) -> bool {
        self.methods(path).is_some()
    }

    fn methods(&self, path: &str) -> Option<&[(Method, Option<KeyRole>)]> {
        let paths = self.0.get(stem(path))?;
        paths.iter().find(|(resource, _)| resource.is_match(path)).map(|(_, methods)| methods.as_slice())
    }
}

/// What comes before the parameters of a path: `/api/v1/metrics`, `/problems`.
fn stem(path: &str) -> &str {
    let parts = if path.starts_with("/api/") { 4 } else { 2 };
    path.match_indices('/').nth(parts - 1).map_or(path, |(end, _)| &path[..end])
}

fn methods(item: &PathItem) -> Taken {
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
