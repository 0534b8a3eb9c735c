//! Tokens: random ones, and those that stand for one thing and can be made again. Only a hash of a token is stored.

use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A fresh unguessable token: 256 random bits as 64 hex digits.
pub fn new_token() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// The token of one named thing, the same each time and unguessable without the key (HMAC-SHA-256, as 64 hex digits).
pub fn token_of(key: &SecretString, name: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes());
    hex(hmac::sign(&key, format!("souk: token of {name}").as_bytes()).as_ref())
}

/// What is stored of a token. The token has full entropy, so a plain hash is enough.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that [`hex`] wrote; none when the text is something else.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|start| u8::from_str_radix(&text[start..start + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (new_token(), new_token());
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
        assert_ne!(token_hash(&one), token_hash(&other));
    }

    #[test]
    fn a_named_token_depends_on_name_and_key_alone() {
        let (key, other_key) = (SecretString::from("5f".repeat(32)), SecretString::from("60".repeat(32)));
        let token = token_of(&key, "order 1");
        assert_eq!((token.len(), &token), (64, &token_of(&key, "order 1")));
        assert_ne!(token, token_of(&key, "order 2"));
        assert_ne!(token, token_of(&other_key, "order 1"));
    }
}
