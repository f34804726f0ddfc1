//! What a resource says of its list, so that it can be read page by page (`page.rs`) and as a whole (`download.rs`).

use std::borrow::Cow;

use chrono::NaiveDateTime;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::db::{Conn, Window};
use crate::domain::access::Sight;
use crate::domain::members::is_name;
use crate::error::Result;
use crate::exchange::cube::Cube;
use crate::exchange::table::Tabular;

/// A list that can be paged, counted and downloaded, as far as its reader may see it.
pub trait Listing: Send + Sync + 'static {
    /// What a place in the list is known by, kept in cursors.
    type Key: Serialize + DeserializeOwned + Send + 'static;
    /// An item as it goes over the wire.
    type Item: Tabular + ToSchema + Send + 'static;

    /// Checks what needs the database: that the things which the filter names exist.
    fn check(&self, _conn: &mut Conn, _sight: Sight) -> Result<()> {
        Ok(())
    }
    /// The items after a place.
    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<Self::Key>) -> Result<Vec<Self::Item>>;
    /// How many of the items after a place one page has, at most so many: fewer where each is costly to work out.
    fn at_once(&self, _conn: &mut Conn, window: &Window<&Self::Key>) -> Result<i64> {
        Ok(window.limit)
    }
    /// How many items there are.
    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64>;
    /// The place of an item.
    fn key(&self, item: &Self::Item) -> Self::Key;
    /// The order of the list, where it has several: a cursor holds for its own order only.
    fn order(&self) -> String {
        String::new()
    }
    /// Whether a place can be one of this order.
    fn takes(&self, _key: &Self::Key) -> bool {
        true
    }
    /// Whether it goes on for ever: what is written later stands behind all that is there. Its last page then leads
    /// on too, to what is yet to come.
    fn is_endless(&self) -> bool {
        false
    }
    /// The members to keep of each item; all when empty.
    fn fields(&self) -> &[String] {
        &[]
    }
    /// The columns of a table of it.
    fn columns(&self) -> Vec<String> {
        Self::Item::columns()
    }
    /// How its items make a cube, where they do. Its handler then reads a `CubeQuery`.
    fn cube(&self) -> Option<&'static Cube> {
        None
    }
    /// When the answer changes without a write, if ever.
    fn good_until(&self, _conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        Ok(None)
    }
    /// What all items share, where the list is worked out.
    fn meta(&self, _conn: &mut Conn, _sight: Sight) -> Result<Option<Value>> {
        Ok(None)
    }
    /// Whether even one page may take long to work out.
    fn is_long(&self) -> bool {
        false
    }
}

/// An item and its place in the order asked for, where the item itself does not tell it.
pub struct Placed<T, K> {
    item: T,
    place: K,
}

impl<T: Serialize, K> Serialize for Placed<T, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.item.serialize(serializer)
    }
}

impl<T, K: Clone> Placed<T, K> {
    /// Items with their places, which are in the same order.
    pub fn all(items: Vec<T>, places: Vec<K>) -> Vec<Placed<T, K>> {
        items.into_iter().zip(places).map(|(item, place)| Placed { item, place }).collect()
    }

    /// The place.
    pub fn place(&self) -> K {
        self.place.clone()
    }
}

impl<T: Tabular, K: 'static> Tabular for Placed<T, K> {
    fn columns() -> Vec<String> {
        T::columns()
    }
}

impl<T: ToSchema, K> ToSchema for Placed<T, K> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

impl<T: ToSchema, K> PartialSchema for Placed<T, K> {
    fn schema() -> RefOr<Schema> {
        T::schema()
    }
}

/// The columns of a table, those of names only where names are wanted.
pub fn named(columns: Vec<String>, names: bool) -> Vec<String> {
    columns.into_iter().filter(|column| names || !is_name(column)).collect()
}
