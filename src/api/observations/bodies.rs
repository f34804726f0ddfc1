//! The bodies of observations: one, several, or changes of one.

use std::borrow::Cow;

use actix_web::HttpRequest;
use serde_json::{Map, Value};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::types::Observation;
use crate::api::body::changes::Changes;
use crate::api::body::reading::{parse, refuse_all};
use crate::api::body::rows::{New, Writable};
use crate::api::body::{Body, JSON};
use crate::domain::area_code::AreaCode;
use crate::error::{Error, Fault, Invalid, Result, Text};
use crate::exchange::drafts::observation::ObservationDraft;

/// A request records at most so many statements.
pub const MOST_ITEMS: usize = 1000;

/// One observation, or several as `items`, as a body.
#[derive(Debug, Clone)]
pub struct NewObservations {
    /// What is stated, or what is wrong with it.
    pub drafts: Vec<Result<ObservationDraft, Refused>>,
    /// Whether they came as `items`.
    pub together: bool,
}

/// An observation that is not taken.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The area that it names, where that can be read.
    pub area: Option<AreaCode>,
    /// What is missing of it, or breaks a rule.
    pub faults: Vec<Fault>,
}

impl ToSchema for NewObservations {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((NewObservation::name().into_owned(), NewObservation::schema()));
    }
}

impl PartialSchema for NewObservations {
    fn schema() -> RefOr<Schema> {
        either(&NewObservation::name(), "1 to 1000 observations: all are recorded, or none.")
            .description(Some("One observation, or several as `items`."))
            .into()
    }
}

/// What was recorded: one observation, or several as `items`.
#[derive(Debug)]
pub struct RecordedObservations;

impl ToSchema for RecordedObservations {}

impl PartialSchema for RecordedObservations {
    fn schema() -> RefOr<Schema> {
        either(&Observation::name(), "The observations in the order of the request.")
            .description(Some("The observation, or several as `items` when they came as `items`."))
            .into()
    }
}

fn either(one: &str, items: &str) -> OneOfBuilder {
    let one = Ref::from_schema_name(one);
    let items = ArrayBuilder::new().items(one.clone()).description(Some(items)).build();
    let several = ObjectBuilder::new().property("items", items).required("items").build();
    OneOfBuilder::new().item(one).item(several)
}

/// An observation as a body.
pub type NewObservation = New<ObservationDraft>;

/// An observation as one of several in a body, of which it is said once why they are written.
#[derive(Debug)]
pub struct ObservationItem;

impl ToSchema for ObservationItem {
    fn name() -> Cow<'static, str> {
        "NewObservationItem".into()
    }
}

impl PartialSchema for ObservationItem {
    /// Its schema is made as those of all bodies: see `openapi/bodies.rs`.
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().into()
    }
}

/// Changes of an observation, for PATCH.
pub type ObservationChanges = Changes<ObservationDraft>;

impl Writable for ObservationDraft {
    const NAME: &'static str = "Observation";
    const READ_ONLY: &'static [&'static str] = &[
        "id",
        "metric_name",
        "area_name",
        "unit_name",
        "warnings",
        "revision",
        "recorded_at",
        "seq",
        "updated_at",
    ];
    const KEY: &'static [&'static str] = &["metric", "area", "period", "accumulation", "role"];
    const REQUIRED: &'static [&'static str] = &["metric", "area", "period"];
}

impl Body for NewObservations {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(_: &HttpRequest, mut members: Map<String, Value>) -> Result<NewObservations> {
        let Some(items) = members.remove("items") else {
            let New(draft) = New::<ObservationDraft>::of(members)?;
            return Ok(NewObservations { drafts: vec![Ok(draft)], together: false });
        };
        refuse_all(&members)?;
        let drafts = each_item(items)?;
        Ok(NewObservations { drafts, together: true })
    }
}

/// The statements of a list of 1 to 1000.
pub fn read_items(items: Value) -> Result<Vec<ObservationDraft>> {
    let mut faults = Faults::default();
    let mut drafts = Vec::new();
    for (at, draft) in each_item(items)?.into_iter().enumerate() {
        drafts.extend(faults.keep(at, draft.map_err(|refused| Error::Invalid(refused.faults)))?);
    }
    faults.finish()?;
    Ok(drafts)
}

/// The statements of a list of 1 to 1000, or what is wrong with each.
fn each_item(items: Value) -> Result<Vec<Result<ObservationDraft, Refused>>> {
    let Value::Array(items) = items else {
        let invalid = Invalid::new("not_a_list", "应为列表", "must be a list");
        return Err(Error::Malformed(vec![Fault::pointer("/items", invalid)]));
    };
    if items.is_empty() || items.len() > MOST_ITEMS {
        let (zh, en) =
            (format!("应有 1 到 {MOST_ITEMS} 项"), format!("takes 1 to {MOST_ITEMS} items at once"));
        return Err(Fault::pointer("/items", Invalid::new("item_count", zh, en)).into());
    }
    let mut faults = Faults::default();
    let mut drafts = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let area = item.get("area").and_then(|area| serde_json::from_value(area.clone()).ok());
        let read = match item {
            Value::Object(members) => New::<ObservationDraft>::of(members),
            other => parse(other).map(New),
        };
        let read = match read {
            Err(Error::Invalid(faults)) => Ok(Err(Refused { area, faults })),
            other => other.map(|New(draft)| Ok(draft)),
        };
        drafts.extend(faults.keep(at, read)?);
    }
    faults.finish()?;
    Ok(drafts)
}

/// The faults of several items, each told with its place.
#[derive(Debug, Default)]
pub struct Faults {
    malformed: Vec<Fault>,
    taken: Vec<Fault>,
    invalid: Vec<Fault>,
}

impl Faults {
    /// Keeps what is wrong with an item; what is no fault of the item ends the work.
    pub fn keep<T>(&mut self, at: usize, item: Result<T>) -> Result<Option<T>> {
        match item.map_err(|error| error.inside(format_args!("items/{at}"))) {
            Ok(item) => return Ok(Some(item)),
            Err(Error::Malformed(faults)) => self.malformed.extend(faults),
            Err(Error::Invalid(faults)) => self.invalid.extend(faults),
            Err(Error::Conflict { key, .. }) => {
                let (zh, en) = (format!("{key} 已存在"), format!("there is {key} already"));
                self.taken.push(Fault::pointer(format!("/items/{at}"), Invalid::new("taken", zh, en)));
            }
            Err(Error::Forbidden(Text { zh, en })) => {
                let place = format!("/items/{at}");
                return Err(Error::Forbidden(Text::new(format!("{place}：{zh}"), format!("{place}: {en}"))));
            }
            Err(other) => return Err(other),
        }
        Ok(None)
    }

    /// Refuses when anything is wrong: first for what cannot be read, then for what is taken.
    pub fn finish(self) -> Result<()> {
        match self {
            Faults { malformed, .. } if !malformed.is_empty() => Err(Error::Malformed(malformed)),
            Faults { taken, .. } if !taken.is_empty() => Err(Error::Taken(taken)),
            Faults { invalid, .. } if !invalid.is_empty() => Err(Error::Invalid(invalid)),
            _ => Ok(()),
        }
    }
}
