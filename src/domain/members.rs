//! The members of what is handed in or answered, as the schema describes them that the document carries: what
//! a member is stands in its type alone.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The members of a type.
#[derive(Debug)]
pub struct Members {
    schema: Value,
    /// The schemas that it refers to, by name.
    others: HashMap<String, Value>,
}

/// The schema of one value, and whether null may stand in its place.
#[derive(Debug, Clone, Copy)]
pub struct Described<'a> {
    /// The schema, without references.
    pub schema: &'a Value,
    /// Whether null may stand in its place.
    pub is_nullable: bool,
}

impl Members {
    /// Those of a type, which are read once.
    pub fn of<T: ToSchema + 'static>() -> &'static Members {
        static KNOWN: LazyLock<RwLock<HashMap<TypeId, &'static Members>>> = LazyLock::new(RwLock::default);
        let of = TypeId::of::<T>();
        if let Some(known) = KNOWN.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&of) {
            return known;
        }
        let mut referred = Vec::new();
        T::schemas(&mut referred);
        let plain = |schema| serde_json::to_value(schema).unwrap_or_default();
        let others: HashMap<String, Value> =
            referred.into_iter().map(|(name, schema)| (name, plain(schema))).collect();
        let schema = in_one_piece(plain(T::schema()), |name| others.get(name));
        let members: &'static Members = Box::leak(Box::new(Members { schema, others }));
        KNOWN.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(of, members);
        members
    }

    /// What describes the whole.
    pub fn whole(&self) -> Described<'_> {
        self.described(&self.schema)
    }

    /// The names, in the order of their declaration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        members(&self.schema).map(|(name, _)| name.as_str())
    }

    /// What describes a member, where there is one of this name.
    pub fn member(&self, name: &str) -> Option<Described<'_>> {
        self.schema["properties"].get(name).map(|schema| self.described(schema))
    }

    /// What is said of the member at a path, its steps joined by dots.
    pub fn description(&self, path: &str) -> Option<&str> {
        let mut of = self.whole();
        let mut member = None;
        for name in path.split('.') {
            let schema = of.schema["properties"].get(name)?;
            (member, of) = (Some(schema), self.described(schema));
        }
        member.and_then(|member| member["description"].as_str()).or_else(|| of.schema["description"].as_str())
    }

    /// The schema that a reference, or a choice between null and one other, leads to.
    pub fn described<'a>(&'a self, schema: &'a Value) -> Described<'a> {
        if let Some(name) = referred_to(schema) {
            return self
                .others
                .get(name)
                .map_or(Described { schema, is_nullable: false }, |other| self.described(other));
        }
        let is_null = |choice: &Value| choice["type"] == "null";
        if let Some([first, second]) = schema["oneOf"].as_array().map(Vec::as_slice)
            && (is_null(first) || is_null(second))
        {
            let other = if is_null(first) { second } else { first };
            return Described { is_nullable: true, ..self.described(other) };
        }
        let types = schema["type"].as_array();
        Described { schema, is_nullable: types.is_some_and(|types| types.iter().any(|one| one == "null")) }
    }
}

impl<'a> Described<'a> {
    /// Whether a type of JSON is one that the schema takes.
    pub fn takes(&self, kind: &str) -> bool {
        self.kinds().any(|taken| taken == kind)
    }

    /// The types of JSON that the schema takes, null apart; none when it does not say.
    pub fn kinds(&self) -> impl Iterator<Item = &'a str> {
        let types = &self.schema["type"];
        let several = types.as_array().into_iter().flatten();
        several.chain(Some(types)).filter_map(Value::as_str).filter(|kind| *kind != "null")
    }

    /// The members of an object with their schemas.
    pub fn members(&self) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        members(self.schema)
    }
}

/// Whether a member is the name of what another has the code of: it is shown where names are asked for.
pub fn is_name(member: &str) -> bool {
    ["_name", "_names", "_title", "_titles"].iter().any(|ending| member.ends_with(ending))
}

/// A schema of which parts are shared with another, with all its members.
pub fn in_one_piece<'a>(mut schema: Value, others: impl Fn(&str) -> Option<&'a Value>) -> Value {
    let parts = schema.as_object_mut().and_then(|schema| schema.remove("allOf"));
    for part in parts.iter().filter_map(Value::as_array).flatten() {
        let part = referred_to(part).and_then(&others).unwrap_or(part);
        for (name, member) in members(part) {
            schema["properties"][name] = member.clone();
        }
    }
    schema
}

fn referred_to(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next())
}

fn members(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flat_map(Map::iter)
}
