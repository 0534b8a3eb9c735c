//! Secrets at rest and in transit: random tokens, of which only a hash is stored, and sealing with the configured key.

use sha2::{Digest, Sha256};

/// A fresh unguessable token: 256 random bits as 64 hex digits.
pub fn new_token() -> String {
    hex(&rand::random::<[u8; 32]>())
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
}
