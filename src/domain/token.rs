//! The token of an API key: `tz_` and 64 letters that hold the key's id and its secret. Only the hash
//! of the secret is ever stored.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::hash;
use crate::error::Invalid;

const PREFIX: &str = "tz_";
const SECRET: usize = 32;

/// A token. It is shown once, to whoever made the key.
#[derive(Clone)]
pub struct Token {
    id: Uuid,
    secret: [u8; SECRET],
}

impl Token {
    /// A new token: 256 bits of its secret are the operating system's randomness.
    ///
    /// Errors: when the operating system has none.
    pub fn generate() -> std::io::Result<Token> {
        let mut secret = [0; SECRET];
        getrandom::fill(&mut secret).map_err(std::io::Error::other)?;
        Ok(Token { id: Uuid::now_v7(), secret })
    }

    /// Id of the key.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// SHA-256 of the secret, in hexadecimal. A secret of 256 random bits needs no slow hash.
    pub fn hash(&self) -> String {
        hash::sha256(&[&self.secret])
    }

    /// Whether the token's secret is the one with this hash, in the same time wherever they differ.
    pub fn matches(&self, hash: &str) -> bool {
        self.hash().as_bytes().ct_eq(hash.as_bytes()).into()
    }

    /// The token under a veil that only the holder of another can lift: veiled twice it is itself. The
    /// veil is a hash of that other's secret, which is never stored, and of this id: no two are alike.
    pub fn veiled_by(&self, other: &Token) -> Token {
        let veil = Sha256::new().chain_update(other.secret).chain_update(self.id).finalize();
        let mut secret = self.secret;
        secret.iter_mut().zip(veil).for_each(|(byte, veil)| *byte ^= veil);
        Token { id: self.id, secret }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.as_bytes().as_slice(), &self.secret].concat();
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Token {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Token, Invalid> {
        read(text)
            .ok_or_else(|| Invalid::new("malformed_token", "不是本服务的密钥", "is no key of this service"))
    }
}

fn read(text: &str) -> Option<Token> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
    let (id, secret) = bytes.split_first_chunk::<16>()?;
    Some(Token { id: Uuid::from_bytes(*id), secret: secret.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_knows_its_hash() {
        let token = Token::generate().expect("randomness");
        let text = token.to_string();
        assert_eq!(text.len(), 67);
        let back: Token = text.parse().expect("a token");
        assert_eq!(back.id(), token.id());
        assert!(back.matches(&token.hash()));
        assert!(!back.matches(&Token::generate().expect("randomness").hash()));
    }

    #[test]
    fn a_veil_is_lifted_by_the_token_that_laid_it_and_by_no_other() {
        let [token, maker, other] = std::array::from_fn(|_| Token::generate().expect("randomness"));
        let veiled = token.veiled_by(&maker);
        assert!(!veiled.matches(&token.hash()));
        assert_eq!(veiled.veiled_by(&maker).to_string(), token.to_string());
        assert!(!veiled.veiled_by(&other).matches(&token.hash()));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let text = Token::generate().expect("randomness").to_string();
        for broken in ["", "tz_", &text[3..], &text[..66], &format!("{text}A"), &text.replace("tz_", "tz-")] {
            assert!(broken.parse::<Token>().is_err(), "{broken}");
        }
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let tokens: std::collections::BTreeSet<String> =
            (0..100).map(|_| Token::generate().expect("randomness").to_string()).collect();
        assert_eq!(tokens.len(), 100);
    }
}
