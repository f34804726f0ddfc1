//! The OpenAPI document: collected from the handlers, then completed with what all operations share:
//! the problems they answer with, the headers, the other formats, and a real example of each answer.

mod about;
mod answers;
mod bodies;
mod links;
mod operation;
mod refusals;
mod sharing;
mod tidy;
mod trials;

use actix_web::http::Method;
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr};
use utoipa_actix_web::AppExt;

use super::observations::query::ComparatorChoice;
use super::problem::document::{ProblemDocument, ProblemError};
use super::routes::routes;
use crate::domain::code::{Code, Word};
use crate::domain::codes::RevisionReason;
use crate::domain::fold::Terms;
use crate::domain::id::{Id, KeyId};
use crate::domain::when::When;
use crate::error::{Error, Result};
use crate::exchange::json_stat::{Extension, JsonStat};
use operation::complete;

/// The document of this service.
pub fn document() -> OpenApi {
    let base = about::base();
    let (_, mut document) =
        actix_web::App::new().into_utoipa_app().openapi(base).configure(routes).split_for_parts();
    let components = document.components.get_or_insert_default();
    // What only stands in a path is not collected with the bodies.
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key, `tz_…`. Public data need none."))
        .build();
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    for (name, schema) in [
        named::<RevisionReason>(),
        named::<Code>(),
        named::<Word>(),
        named::<Id>(),
        named::<KeyId>(),
        named::<Terms>(),
        named::<When>(),
        named::<ComparatorChoice>(),
        named::<JsonStat>(),
        named::<Extension>(),
        named::<ProblemDocument>(),
        named::<ProblemError>(),
    ] {
        components.schemas.insert(name, schema);
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::PUT, &mut item.put),
            (Method::POST, &mut item.post),
            (Method::DELETE, &mut item.delete),
            (Method::PATCH, &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete(path, &method, operation);
            }
        }
    }
    document
}

/// The document as it is printed, served and committed.
pub fn rendered(document: &OpenApi) -> Result<String> {
    let unwritable = |error: serde_json::Error| Error::Corrupt(error.to_string());
    let mut value = serde_json::to_value(document).map_err(unwritable)?;
    tidy::tidy(&mut value);
    let mut text = serde_json::to_string_pretty(&value).map_err(unwritable)?;
    text.push('\n');
    Ok(text)
}

fn named<T: ToSchema>() -> (String, RefOr<Schema>) {
    (T::name().into_owned(), T::schema())
}
