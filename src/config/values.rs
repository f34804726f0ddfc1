//! The values of settings: where they stand, and how they are read and checked.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use super::settings::{FILE, OF_BUCKETS, SETTINGS};
use crate::db::dialect::location;
use crate::error::{Error, Result};
use crate::storage;

/// The variables that are settings of this program, or seem to be.
pub(super) fn environment() -> Result<BTreeMap<String, String>> {
    let ours =
        |name: &str| name == "DATABASE_URL" || name.starts_with("TAIZHANG_") || name.starts_with(OF_BUCKETS);
    let mut environment = BTreeMap::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| ours(name)) else { continue };
        let value = value.into_string().map_err(|_| Error::Config(format!("{name} is not valid UTF-8")))?;
        environment.insert(name.to_owned(), value);
    }
    Ok(environment)
}

pub(super) fn read_file(path: &Path) -> Result<BTreeMap<String, String>> {
    let wrong = |reason: String| Error::Config(format!("{FILE}: {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    // The line itself may hold a password.
    let unreadable = |error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        wrong(format!("{place}{}", error.message()))
    };
    let table: toml::Table = text.parse().map_err(unreadable)?;
    table
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ => return Err(wrong(format!("{name} must be a string, a whole number or a boolean"))),
            };
            Ok((name.to_uppercase(), value))
        })
        .collect()
}

/// The values of settings, and what is wrong with them.
pub(super) struct Values {
    pub(super) given: BTreeMap<String, String>,
    pub(super) faults: Vec<String>,
}

impl Values {
    pub(super) fn text(&self, name: &str) -> String {
        let default =
            || SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default);
        self.given.get(name).cloned().unwrap_or_else(|| default().to_owned())
    }

    /// `stand_in` is used only when there is a fault, and then nothing is started.
    pub(super) fn parse<T: FromStr>(&mut self, name: &str, expected: &str, stand_in: T) -> T {
        let text = self.text(name);
        text.parse().unwrap_or_else(|_| {
            self.faults.push(format!("{name}: “{}” is not {expected}", shown(&text)));
            stand_in
        })
    }

    /// A text that has to fit.
    pub(super) fn checked(&mut self, name: &str, expected: &str, fits: fn(&str) -> bool) -> String {
        let text = self.text(name);
        if !fits(&text) {
            self.faults.push(format!("{name}: “{}” is not {expected}", shown(&text)));
        }
        text
    }

    /// Where files are kept. Whoever says nothing finds them beside the database, if it is a file.
    pub(super) fn place(&mut self, name: &str, database: &str) -> String {
        if let Ok(Some(file)) = location::file_of(database)
            && let Some(folder) = file.parent().filter(|_| !self.given.contains_key(name))
        {
            return folder.join("attachments").display().to_string();
        }
        let place = self.text(name);
        if let Some(fault) = storage::fault(&place) {
            self.faults.push(format!("{name}: “{}” {fault}", shown(&place)));
        }
        place
    }

    pub(super) fn origins(&mut self, name: &str) -> Vec<String> {
        let text = self.text(name);
        if text == "none" {
            return Vec::new();
        }
        let origins: Vec<String> = text.split(',').map(|origin| origin.trim().to_owned()).collect();
        for origin in origins.iter().filter(|origin| *origin != "*" && !is_origin(origin)) {
            self.faults.push(format!("{name}: “{}” is no origin such as https://example.org", shown(origin)));
        }
        origins
    }

    pub(super) fn number<T: FromStr + PartialOrd + Copy + std::fmt::Display>(
        &mut self,
        name: &str,
        least: T,
        most: T,
    ) -> T {
        let expected = format!("a whole number from {least} to {most}");
        let number = self.parse(name, &expected, least);
        if number < least || number > most {
            self.faults.push(format!("{name}: {number} is not {expected}"));
        }
        number
    }
}

/// Whether this says what is logged. The library takes a word that is no level for the name of a program, and logs
/// that program alone.
pub(super) fn is_filter(text: &str) -> bool {
    let is_level = |word: &str| {
        let word = word.trim().to_ascii_lowercase();
        ["off", "error", "warn", "info", "debug", "trace"].contains(&word.as_str())
    };
    let each = |part: &str| is_level(part.rsplit_once('=').map_or(part, |(_, level)| level));
    // Of other programs alone nothing of ours would be logged.
    let ours = |part: &str| !part.contains('=') || part.trim().starts_with("taizhang");
    text.split(',').all(each)
        && text.split(',').any(ours)
        && tracing_subscriber::EnvFilter::try_new(text).is_ok()
}

/// A value as it is told: without the name and the password that an address may hold.
pub(super) fn shown(text: &str) -> String {
    match (text.find("://"), text.rfind('@')) {
        (Some(scheme), Some(host)) if scheme < host => format!("{}…{}", &text[..scheme + 3], &text[host..]),
        _ => text.to_owned(),
    }
}

/// Whether this is an address of the web, without a query: others are put together from it.
pub(super) fn is_url(text: &str) -> bool {
    let uri = text.parse::<actix_web::http::Uri>();
    uri.is_ok_and(|uri| {
        uri.scheme_str().is_some_and(|scheme| ["http", "https"].contains(&scheme)) && uri.query().is_none()
    })
}

/// Whether a browser would send this as an origin: scheme, host and maybe a port, in lower case.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || ".-:[]".contains(sign);
    host.is_some_and(|host| !host.is_empty() && host.chars().all(sign))
}
