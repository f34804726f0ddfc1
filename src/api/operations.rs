//! The operations of the service as its OpenAPI document tells them: every route is in it, with the
//! role that it needs.

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use super::problem::Problem;
use crate::domain::access::KeyRole;

/// Member of an operation that names the role it needs; absent where no key is needed.
pub const MIN_ROLE: &str = "x-min-role";

/// Every path of the service, with its methods and the roles they need.
pub struct Operations(Vec<(ResourceDef, Taken)>);

/// The methods that a path takes, each with the role that it needs; null where no key is needed.
type Taken = Vec<(Method, Option<KeyRole>)>;

impl Operations {
    /// The operations of a document.
    pub fn of(document: &OpenApi) -> Operations {
        let public = |path: &str| (ResourceDef::new(path), vec![(Method::GET, None)]);
        let documentation = [public("/swagger-ui"), public("/swagger-ui/{file:.*}")];
        let paths = document.paths.paths.iter();
        let documented = paths.map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item)));
        Operations(documented.chain(documentation).collect())
    }

    /// What a request is told for which there is no handler: a 405 where another method would have
    /// one, else a 404.
    pub fn refusal(&self, request: &HttpRequest) -> Problem {
        let Some(methods) = self.methods(request.path()) else {
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

    fn methods(&self, path: &str) -> Option<&[(Method, Option<KeyRole>)]> {
        self.0.iter().find(|(resource, _)| resource.is_match(path)).map(|(_, methods)| methods.as_slice())
    }
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
