//! The names of the schemas of bodies.

use std::borrow::Cow;

use super::changes::Changes;
use super::rows::{New, Writable};

/// The schemas of bodies are made from those of the answers, which describe the same members: see
/// `openapi/bodies.rs`. Here they have their names only.
macro_rules! named {
    ($body:ident, $before:literal, $after:literal) => {
        impl<D: Writable> utoipa::ToSchema for $body<D> {
            fn name() -> Cow<'static, str> {
                format!("{}{}{}", $before, D::NAME, $after).into()
            }
        }

        impl<D: Writable> utoipa::PartialSchema for $body<D> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new().into()
            }
        }
    };
}

named!(New, "New", "");
named!(Changes, "", "Changes");
