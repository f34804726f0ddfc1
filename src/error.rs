//! The one error of the program and the sentences it is told in. It knows nothing of HTTP:
//! `api/problem` alone turns these into status codes and documents.

mod thing;

use std::fmt;

pub use thing::Thing;

/// One sentence in both languages of the service, Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

impl Text {
    /// A sentence in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// A value that breaks a rule: a stable snake_case code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// Stable code of the rule, for example `area_code_digits`.
    pub code: &'static str,
    /// What is wrong with the value and what is expected instead.
    pub message: Text,
}

impl Invalid {
    /// A broken rule, told in Chinese and in English.
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Invalid {
        Invalid { code, message: Text::new(zh, en) }
    }

    /// A reference to something that is not registered.
    pub fn unregistered(key: impl fmt::Display) -> Invalid {
        Invalid::new("unknown_reference", format!("没有登记“{key}”"), format!("“{key}” is not registered"))
    }
}

/// Stands between the parts of a rule that travels through a deserialiser, whose errors are one plain text.
const BETWEEN: char = '\u{1f}';

/// A broken rule as the error of a deserialiser. [`Refusal::of`] knows it again.
pub fn refused<E: serde::de::Error>(invalid: &Invalid) -> E {
    let Invalid { code: _, message: Text { zh, en } } = invalid;
    E::custom(format_args!("{zh}{BETWEEN}{en}{BETWEEN}"))
}

/// As [`refused`], for what can be read and is not accepted.
pub fn refused_for_meaning<E: serde::de::Error>(invalid: &Invalid) -> E {
    let Invalid { code, message: Text { zh, en } } = invalid;
    E::custom(format_args!("{zh}{BETWEEN}{en}{BETWEEN}{code}{BETWEEN}"))
}

/// What a deserialiser refuses by a rule of ours.
#[derive(Debug)]
pub enum Refusal {
    /// It cannot be read.
    Form(Invalid),
    /// It can be read, and breaks a rule.
    Meaning(Invalid),
}

impl Refusal {
    /// Rules whose breach is one of meaning, although a deserialiser finds it.
    const OF_MEANING: [&str; 6] =
        ["control_character", "bidirectional_control", "zero_width_character", "empty", "too_long", "url"];

    /// What an error of a deserialiser says; none when the rule is not ours.
    pub fn of(error: &impl fmt::Display) -> Option<Refusal> {
        let told = error.to_string();
        let mut parts = told.split(BETWEEN);
        let (zh, en, named) = (parts.next()?, parts.next()?, parts.next()?);
        let message = Text::new(zh, en);
        Some(match Refusal::OF_MEANING.into_iter().find(|code| *code == named) {
            Some(code) => Refusal::Meaning(Invalid { code, message }),
            None => Refusal::Form(Invalid { code: "malformed_value", message }),
        })
    }
}

/// Where in what was handed in a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A parameter of the query or of the path, by name.
    Parameter(String),
    /// A member of a body, as a JSON pointer (RFC 6901).
    Pointer(String),
    /// A cell of a table: its row, from 1 below the header, and the name of its column.
    Cell {
        /// Row number, the first row below the header being 1.
        row: usize,
        /// Name of the column.
        column: String,
    },
}

/// One thing that is wrong with what was handed in, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where the value stands.
    pub place: Place,
    /// Which rule it breaks.
    pub invalid: Invalid,
}

impl Fault {
    /// A fault of a member of a body, by its JSON pointer.
    pub fn pointer(pointer: impl Into<String>, invalid: Invalid) -> Fault {
        Fault { place: Place::Pointer(pointer.into()), invalid }
    }

    /// A fault of a parameter.
    pub fn parameter(name: impl Into<String>, invalid: Invalid) -> Fault {
        Fault { place: Place::Parameter(name.into()), invalid }
    }

    /// A parameter that names something that is not registered.
    pub fn unknown(name: &str, key: impl fmt::Display) -> Fault {
        Fault::parameter(name, Invalid::unregistered(key))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Parameter(name) => write!(f, "{name}: {}", self.invalid),
            Place::Pointer(pointer) => write!(f, "{pointer}: {}", self.invalid),
            Place::Cell { row, column } => write!(f, "row {row}, {column}: {}", self.invalid),
        }
    }
}

/// What went wrong, named for the caller and not for the library that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing asked for does not exist, or not for this caller.
    #[error("no {what} with {key}")]
    NotFound {
        /// Kind of the thing, for example `village`.
        what: Thing,
        /// The key that was asked for.
        key: String,
    },
    /// Something with this key is there already.
    #[error("{what} with {key} already exists")]
    Conflict {
        /// Kind of the thing.
        what: Thing,
        /// Its key.
        key: String,
    },
    /// Several things are there already, each told with its place.
    #[error("{}", list(.0))]
    Taken(Vec<Fault>),
    /// Something cannot go or change while others refer to it.
    #[error("{what} {key} is in use: {}", sentences(.uses))]
    InUse {
        /// Kind of the thing.
        what: Thing,
        /// Its key.
        key: String,
        /// What refers to it.
        uses: Vec<Text>,
    },
    /// A move from one state to another that the rules do not know.
    #[error("from {from} there is no move to {to}")]
    IllegalTransition {
        /// The state now.
        from: &'static str,
        /// The state asked for.
        to: &'static str,
        /// The states that can be moved to.
        allowed: Vec<&'static str>,
    },
    /// What is stored does not allow this.
    #[error("{0}")]
    Refused(Text),
    /// The caller may not do this here.
    #[error("{0}")]
    Forbidden(Text),
    /// The caller may not do what these members ask for, each with its place.
    #[error("{}", list(.0))]
    ForbiddenMembers(Vec<Fault>),
    /// A bookmark of the change feed leads nowhere any more: the ledger is another, or was restored, or the caller sees
    /// something else now.
    #[error("the bookmark leads nowhere any more")]
    BookmarkGone,
    /// The row has changed since the caller read it, or is not as the caller thinks.
    #[error("{0}")]
    Stale(Text),
    /// The caller does not say which state of the row is to be changed.
    #[error("a precondition is required")]
    PreconditionRequired,
    /// Another request has had the same idempotency key.
    #[error("the idempotency key belongs to another request")]
    IdempotencyMismatch,
    /// Values that cannot even be read, each with its place.
    #[error("{}", list(.0))]
    Malformed(Vec<Fault>),
    /// Values that can be read but not accepted, each with its place.
    #[error("{}", list(.0))]
    Invalid(Vec<Fault>),
    /// A file of a seed or an import that cannot be read.
    #[error("{file}: {reason}")]
    File {
        /// Name of the file.
        file: String,
        /// Why it cannot be read, with row or pointer.
        reason: String,
    },
    /// Settings that cannot be used.
    #[error("{0}")]
    Config(String),
    /// The database cannot serve now: there is no connection, its lock is held too long, it took longer than its
    /// server allows, or it cannot be written for the time being.
    #[error("the database cannot serve now: {0}")]
    Busy(String),
    /// A read would have held its snapshot longer than may be.
    #[error("a snapshot was held too long")]
    TooLong,
    /// The store of attachments cannot serve now.
    #[error("the store of attachments cannot be used: {0}")]
    Storage(String),
    /// The database cannot be opened or migrated.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
    /// What a command tells only once could not be printed.
    #[error("未能输出 nothing could be printed: {0}")]
    Unprinted(String),
    /// A query failed.
    #[error("database query failed")]
    Query(#[source] diesel::result::Error),
    /// What is stored breaks a rule of the model: the database was changed by other means.
    #[error("stored data is broken: {0}")]
    Corrupt(String),
    /// Work on another thread ended without an answer, or nobody waits for it any more.
    #[error("the work was cancelled")]
    Cancelled,
    /// The program itself is wrong: something is not as its code takes for granted.
    #[error("a fault of the program: {0}")]
    Bug(&'static str),
    /// Reading or writing outside the database failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The result of everything below the HTTP layer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error and what caused it, down to the first cause, in one line: for logs.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let told = inner.to_string();
        // Some libraries tell their cause themselves.
        if !line.ends_with(&told) {
            line = format!("{line}: {told}");
        }
        cause = inner.source();
    }
    line
}

impl Error {
    /// The same told of a parameter: that it names something which is not there.
    pub fn of_parameter(self, name: &str) -> Error {
        match self {
            Error::NotFound { key, .. } => Fault::unknown(name, key).into(),
            other => other,
        }
    }

    /// Checks that nothing refers to a thing, given how many of what do: a count, and the words for
    /// what is counted in Chinese and English. Counts tell nothing of what may not be seen.
    ///
    /// Errors: `InUse`.
    pub fn unused(what: Thing, key: &str, counted: &[(i64, &str, &str)]) -> Result<()> {
        let uses: Vec<Text> = counted
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, zh, en)| Text::new(format!("{count} {zh}"), format!("{count} {en}")))
            .collect();
        if uses.is_empty() { Ok(()) } else { Err(Error::InUse { what, key: key.to_owned(), uses }) }
    }

    /// The same refusal, told of a member in which it happened. `member` may be a path, such as
    /// `funding/0`.
    pub fn inside(self, member: impl fmt::Display) -> Error {
        let lower = |faults: Vec<Fault>| {
            let lowered = faults.into_iter().map(|fault| match fault.place {
                Place::Pointer(pointer) => Fault::pointer(format!("/{member}{pointer}"), fault.invalid),
                place => Fault { place, invalid: fault.invalid },
            });
            lowered.collect()
        };
        match self {
            Error::Malformed(faults) => Error::Malformed(lower(faults)),
            Error::Invalid(faults) => Error::Invalid(lower(faults)),
            Error::ForbiddenMembers(faults) => Error::ForbiddenMembers(lower(faults)),
            other => other,
        }
    }
}

/// The one that comes of one: of what gives as many as it takes.
///
/// Errors: `Bug` when there is none.
pub fn only<T>(all: impl IntoIterator<Item = T>) -> Result<T> {
    all.into_iter().next().ok_or(Error::Bug("nothing came of one thing"))
}

fn sentences(all: &[Text]) -> String {
    all.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join("; ")
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::Invalid(vec![fault])
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Error {
        use diesel::result::{DatabaseErrorKind as Kind, Error as Diesel};
        match &error {
            Diesel::DatabaseError(Kind::ClosedConnection | Kind::ReadOnlyTransaction, info) => {
                Error::Busy(info.message().into())
            }
            // Another client of the pooler has the connection that knew the statement.
            Diesel::DatabaseError(_, info) if info.message().contains("prepared statement \"__diesel") => {
                let advice = "a pooler stands before the server: DATABASE_URL takes pgbouncer=true";
                Error::Busy(format!("{}; {advice}", info.message()))
            }
            Diesel::DatabaseError(Kind::Unknown, info) if is_passing(info.message()) => {
                Error::Busy(info.message().into())
            }
            _ => Error::Query(error),
        }
    }
}

/// Whether a database cannot serve for reasons that are not of the request and pass: its lock, its disk, a limit of
/// its server. Diesel gives none of these a kind of its own; the words are those of the databases, which put
/// nothing of a caller's in them, in the languages that servers here speak.
fn is_passing(message: &str) -> bool {
    const WHOLE: [&str; 13] = [
        "database is locked",
        "database or disk is full",
        "disk I/O error",
        "attempt to write a readonly database",
        "unable to open database file",
        "out of memory",
        "canceling statement due to statement timeout",
        "canceling statement due to lock timeout",
        "canceling statement due to conflict with recovery",
        "deadlock detected",
        "由于语句执行超时，正在取消查询命令",
        "由于锁超时，取消语句操作",
        "检测到死锁",
    ];
    const BEGIN: [&str; 4] =
        ["could not extend file", "could not write to file", "无法扩展文件", "无法写入文件"];
    WHOLE.contains(&message) || BEGIN.iter().any(|begin| message.starts_with(begin))
}

/// Whether the system lacks for now what a file needs: room, a right to write, a handle.
pub fn lacks_means(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    /// No handle is left, of the process or of the system: these have no kind of their own.
    const HANDLES: [i32; 2] = [24, 23];
    let kinds = [
        ErrorKind::StorageFull,
        ErrorKind::QuotaExceeded,
        ErrorKind::ReadOnlyFilesystem,
        ErrorKind::OutOfMemory,
    ];
    kinds.contains(&error.kind()) || error.raw_os_error().is_some_and(|code| HANDLES.contains(&code))
}
