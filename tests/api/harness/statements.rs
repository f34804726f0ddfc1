//! The statements that a service makes, taken down as they are executed.

use std::collections::BTreeMap;
use std::sync::{Mutex, Once};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use super::TestApp;

/// By the database that is watched.
static TAKEN_DOWN: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Takes down the statements of one connection, where its database is watched.
#[derive(Default)]
struct Clerk(Option<String>);

impl Instrumentation for Clerk {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.0 = Some(url.to_owned()),
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut all = TAKEN_DOWN.lock().unwrap();
                let watched = |name: &&String| self.0.as_ref().is_some_and(|url| url.contains(name.as_str()));
                if let Some(name) = all.keys().find(watched).cloned() {
                    all.entry(name).or_default().push(query.to_string());
                }
            }
            _ => {}
        }
    }
}

/// A service whose statements are watched.
pub struct Statements {
    name: String,
}

impl Statements {
    /// Watches the database of a service, and the service begun anew over it: connections that are open already are
    /// not watched.
    pub async fn of(app: &TestApp) -> (Statements, TestApp) {
        static WATCH: Once = Once::new();
        WATCH.call_once(|| set_default_instrumentation(|| Some(Box::new(Clerk::default()))).unwrap());
        let name = app.url.rsplit_once("://").unwrap().1.to_owned();
        TAKEN_DOWN.lock().unwrap().insert(name.clone(), Vec::new());
        (Statements { name }, app.again().await)
    }

    /// What was executed since this was last asked, without the values of parameters, and without what is said once to
    /// each connection.
    pub fn taken(&self) -> Vec<String> {
        let all = std::mem::take(TAKEN_DOWN.lock().unwrap().get_mut(&self.name).unwrap());
        all.into_iter()
            .filter(|text| !text.starts_with("PRAGMA"))
            .map(|text| text.split(" -- binds: ").next().unwrap().to_owned())
            .collect()
    }
}

/// Prints the statements of an operation that the environment asks for.
#[expect(clippy::print_stdout, reason = "somebody asks for it")]
pub fn show(what: &str, taken: &[String]) {
    if std::env::var("SHOW").is_ok_and(|show| what.contains(&show)) {
        println!("{what}\n{}\n", taken.join("\n"));
    }
}
