//! Builds anew when a migration, a seed or an example is added: the macros that embed these folders
//! do not see new files.

fn main() {
    for folder in ["migrations", "seeds", "openapi/examples"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
