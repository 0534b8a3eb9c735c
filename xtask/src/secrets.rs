//! Passwords and keys of a private instance: made once from the system's entropy, kept where only its owner reads.

use crate::state::{State, write_private};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{fs, io::Read};

/// Everything that nobody should have to invent to try the shop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Secrets {
    pub(crate) postgres_password: String,
    pub(crate) redis_password: String,
    /// 64 hex digits; see `SOUK_SECRET_KEY` in `.env.example`.
    pub(crate) souk_secret_key: String,
    pub(crate) stripe_secret_key: String,
    pub(crate) stripe_publishable_key: String,
    pub(crate) stripe_webhook_secret: String,
    pub(crate) admin_password: String,
    pub(crate) demo_password: String,
}

impl Secrets {
    /// Reads the instance's secrets, or makes them when it has none yet.
    ///
    /// # Errors
    /// When the file is damaged or cannot be written, or the system has no entropy.
    pub(crate) fn load_or_generate(state: &State) -> Result<Self> {
        let path = state.secrets();
        if path.exists() {
            let text = fs::read(&path)?;
            return serde_json::from_slice(&text).with_context(|| format!("{} is damaged: run `cargo xtask reset`", path.display()));
        }
        let secrets = Self::generate()?;
        write_private(&path, &serde_json::to_vec_pretty(&secrets)?)?;
        Ok(secrets)
    }

    fn generate() -> Result<Self> {
        Ok(Self {
            postgres_password: random_hex(16)?,
            redis_password: random_hex(16)?,
            souk_secret_key: random_hex(32)?,
            stripe_secret_key: format!("sk_test_{}", random_hex(16)?),
            stripe_publishable_key: format!("pk_test_{}", random_hex(16)?),
            stripe_webhook_secret: format!("whsec_{}", random_hex(16)?),
            admin_password: password()?,
            demo_password: password()?,
        })
    }
}

/// Four groups of four hex digits: 64 bits, and still easy to copy by hand.
fn password() -> Result<String> {
    let digits = random_hex(8)?;
    Ok([&digits[..4], &digits[4..8], &digits[8..12], &digits[12..]].join("-"))
}

fn random_hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0; bytes];
    fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut buffer)).context("reading /dev/urandom")?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    #[test]
    fn secrets_are_made_once_and_then_kept() {
        let directory = TemporaryDirectory::new("secrets").expect("a temporary directory");
        let state = State::open(directory.path().to_path_buf()).expect("a state");
        let made = Secrets::load_or_generate(&state).expect("made");
        let kept = Secrets::load_or_generate(&state).expect("read");
        assert_eq!(made.souk_secret_key, kept.souk_secret_key);
        assert_eq!(made.souk_secret_key.len(), 64);
        assert_ne!(made.postgres_password, made.redis_password);
        assert_eq!(made.admin_password.len(), 19);
    }
}
