//! What commands print on standard output.

use std::io::Write;

use crate::error::Result;

/// Prints what a command tells.
pub fn say(text: &str) -> Result<()> {
    match print(text) {
        // Whoever reads has read enough, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Prints what must be read to its end. `println!` would panic where nothing can be written.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}
