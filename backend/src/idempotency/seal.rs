//! Sealing of stored answers: ChaCha20-Poly1305 (RFC 8439) under a key derived from the configured one. The scope is bound
//! in, so an answer cannot be moved to another caller's row.

use anyhow::anyhow;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

fn key(secret: &SecretString) -> anyhow::Result<LessSafeKey> {
    let master = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let derived = hmac::sign(&master, b"souk: stored answers");
    let key = UnboundKey::new(&CHACHA20_POLY1305, derived.as_ref()).map_err(|_| anyhow!("the derived key has the wrong length"))?;
    Ok(LessSafeKey::new(key))
}

pub(super) fn seal(secret: &SecretString, scope: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
    // 96 random bits are safe for far more answers than one key will ever seal.
    let nonce: [u8; NONCE_LEN] = rand::random();
    let mut sealed = plain.to_vec();
    key(secret)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(scope.as_bytes()), &mut sealed)
        .map_err(|_| anyhow!("the answer is too long to seal"))?;
    Ok([&nonce[..], &sealed].concat())
}

pub(super) fn open(secret: &SecretString, scope: &str, stored: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (nonce, sealed) = stored.split_first_chunk::<NONCE_LEN>().ok_or_else(|| anyhow!("a stored answer is too short"))?;
    let mut buffer = sealed.to_vec();
    let plain = key(secret)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(scope.as_bytes()), &mut buffer)
        .map_err(|_| anyhow!("a stored answer does not open: it was changed, or the key was"))?;
    Ok(plain.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_opens_only_where_it_was_sealed() {
        let secret = SecretString::from("5f".repeat(32));
        let sealed = seal(&secret, "guest POST /orders", b"{\"client_secret\":\"x\"}").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"client"));
        assert_eq!(open(&secret, "guest POST /orders", &sealed).unwrap(), b"{\"client_secret\":\"x\"}");
        assert!(open(&secret, "another POST /orders", &sealed).is_err());
        assert!(open(&SecretString::from("60".repeat(32)), "guest POST /orders", &sealed).is_err());
        let mut changed = sealed.clone();
        changed[NONCE_LEN] ^= 1;
        assert!(open(&secret, "guest POST /orders", &changed).is_err());
        assert!(open(&secret, "guest POST /orders", b"short").is_err());
    }
}
