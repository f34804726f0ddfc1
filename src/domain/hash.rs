//! Hashes as they are stored and shown.

use sha2::{Digest, Sha256};

/// SHA-256 of these bytes, one part after the other, in hexadecimal.
pub fn sha256(parts: &[&[u8]]) -> String {
    let hash = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
