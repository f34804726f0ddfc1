//! Files of a seed: what cannot be read is told of its file, and a byte-order mark changes nothing. The
//! first character of the input says which file it is.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use taizhang::error::Error;
use taizhang::exchange::seed::Files;

const FILES: [&str; 9] = [
    "units.csv",
    "areas.csv",
    "metrics.csv",
    "reports.csv",
    "highlights.csv",
    "projects.json",
    "observations.csv",
    "plans.csv",
    "plan_items.csv",
];

fuzz_target!(|input: &[u8]| {
    let Some((&which, content)) = input.split_first() else { return };
    let file = FILES[usize::from(which) % FILES.len()];
    let folder = tempfile::tempdir().expect("a folder");
    let read = read(folder.path(), file, content);
    if let Err(told) = &read {
        assert!(told.starts_with(file), "{told}");
    }
    if file.ends_with(".csv") && !content.starts_with("\u{feff}".as_bytes()) {
        assert_eq!(read, self::read(folder.path(), file, &["\u{feff}".as_bytes(), content].concat()));
    }
});

/// What a folder with this one file holds, or why it cannot be read.
fn read(folder: &Path, file: &str, content: &[u8]) -> Result<String, String> {
    std::fs::write(folder.join(file), content).expect("a file");
    match Files::in_folder(folder) {
        Ok(files) => Ok(format!("{files:?}")),
        Err(Error::File { file, reason }) => Err(format!("{file}: {reason}")),
        Err(other) => panic!("{other:?}"),
    }
}
