//! Progress reports.

use crate::harness::TestApp;

/// A report on a project or a plan item.
pub fn report(app: &TestApp, subject: &str, code: &str, as_of: &str, progress: &str) {
    app.sql(&format!(
        "INSERT INTO progress_reports ({subject}, as_of, progress, author, recorded_at, seq, updated_at) VALUES \
         ('{code}', '{as_of}', {progress}, 'clerk', '2023-01-01 00:00:00', 1, '2023-01-01 00:00:00')"
    ));
}
