//! The bodies of observations: one, several, or changes of one.

use actix_web::HttpRequest;
use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::types::Observation;
use crate::api::body::changes::Changes;
use crate::api::body::rows::{New, Writable};
use crate::api::body::schemas::{finished, plain};
use crate::api::body::{Body, JSON};
use crate::domain::area_code::AreaCode;
use crate::error::{Error, Fault, Invalid, Result, Text};
use crate::exchange::drafts::Draft;
use crate::exchange::drafts::observation::ObservationDraft;
use crate::exchange::reading::read;
use crate::exchange::references::Referred;

/// A request records at most so many statements.
pub const MOST_ITEMS: usize = 1000;

/// One observation, or several as `items`, as a body.
#[derive(Debug, Clone)]
pub struct ObservationsInput {
    /// What is stated, or what is wrong with it.
    pub drafts: Vec<Result<ObservationDraft, Refused>>,
    /// Whether they came as `items`.
    pub together: bool,
}

/// An observation that is not taken.
#[derive(Debug, Clone)]
pub struct Refused {
    members: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Refused {
    /// The area that it names, where that can be read.
    pub fn area(&self) -> Option<AreaCode> {
        self.members.get("area").and_then(|area| serde_json::from_value(area.clone()).ok())
    }

    /// Its members, as they were sent.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// What is missing of it, or breaks a rule, and what it refers to and is not there.
    pub fn error(&self, referred: &Referred) -> Error {
        referred.with_unregistered(ObservationDraft::REFERENCES, &self.members, &self.faults)
    }
}

impl ToSchema for ObservationsInput {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((ObservationDraft::name().into_owned(), ObservationDraft::schema()));
        ObservationInput::schemas(schemas);
    }
}

impl PartialSchema for ObservationsInput {
    fn schema() -> RefOr<Schema> {
        let mut schema =
            one_or_items::<ObservationDraft>("1 to 1000 observations: all are recorded, or none.");
        schema["description"] = "One observation, or several as `items`, without other members then.".into();
        schema["properties"]["items"]["minItems"] = 1.into();
        schema["properties"]["items"]["maxItems"] = MOST_ITEMS.into();
        finished(schema)
    }
}

/// What was recorded: one observation, or several as `items`.
#[derive(Debug)]
pub struct RecordedObservations;

impl ToSchema for RecordedObservations {}

impl PartialSchema for RecordedObservations {
    fn schema() -> RefOr<Schema> {
        let mut schema = one_or_items::<Observation>("The observations in the order of the request.");
        schema["description"] =
            "The observation, or several as `items` alone when they came as `items`.".into();
        finished(schema)
    }
}

/// One schema for one row and for several, so that a client needs no union: the members of the row, and `items`.
fn one_or_items<T: ToSchema>(items: &str) -> Value {
    let mut schema = plain(&T::schema());
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("required".to_owned(), json!([]));
    }
    let reference = format!("#/components/schemas/{}", T::name());
    schema["properties"]["items"] =
        json!({"type": "array", "items": {"$ref": reference}, "description": items});
    schema
}

/// An observation as a body.
pub type ObservationInput = New<ObservationDraft>;

/// Changes of an observation, for PATCH.
pub type ObservationChanges = Changes<ObservationDraft>;

impl Writable for ObservationDraft {
    type Answer = Observation;
    const KEY: &'static [&'static str] = &["metric", "area", "period", "accumulation", "role"];
}

impl Body for ObservationsInput {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(_: &HttpRequest, mut members: Map<String, Value>) -> Result<ObservationsInput> {
        let Some(items) = members.remove("items") else {
            let New(draft) = New::<ObservationDraft>::of(members)?;
            return Ok(ObservationsInput { drafts: vec![Ok(draft)], together: false });
        };
        if !members.is_empty() {
            return Err(Error::Invalid(members.keys().map(beside_items).collect()));
        }
        let drafts = each_item(items)?;
        Ok(ObservationsInput { drafts, together: true })
    }
}

fn beside_items(name: &String) -> Fault {
    let (zh, en) = ("不能与 items 并列", "cannot stand beside `items`");
    Fault::pointer(format!("/{name}"), Invalid::new("beside_items", zh, en))
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
        let members = item.as_object().cloned().unwrap_or_default();
        let read = match item {
            Value::Object(members) => New::<ObservationDraft>::of(members),
            other => read(other).map(New),
        };
        let read = match read {
            Err(Error::Invalid(faults)) => Ok(Err(Refused { members, faults })),
            other => other.map(|New(draft)| Ok(draft)),
        };
        drafts.extend(faults.keep(at, read)?);
    }
    faults.finish()?;
    Ok(drafts)
}

/// The faults of what came together, each told with its place.
#[derive(Debug, Default)]
pub struct Faults {
    /// Whether it came by itself, so that its faults have no place among others and end the work.
    alone: bool,
    malformed: Vec<Fault>,
    taken: Vec<Fault>,
    invalid: Vec<Fault>,
}

impl Faults {
    /// None as yet, of items or of one that came by itself.
    pub fn of(together: bool) -> Faults {
        Faults { alone: !together, ..Faults::default() }
    }

    /// Keeps what is wrong with an item; what is no fault of the item ends the work.
    pub fn keep<T>(&mut self, at: usize, item: Result<T>) -> Result<Option<T>> {
        if self.alone {
            return item.map(Some);
        }
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
