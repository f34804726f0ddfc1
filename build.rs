//! Builds anew when a migration, a seed or an example is added: the macros that embed these folders
//! do not see new files.
#![expect(clippy::print_stdout, reason = "cargo reads what is printed")]

fn main() {
    for folder in ["migrations", "seeds", "openapi/examples"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
