use super::environment::{Environment, number};
use secrecy::SecretString;

/// Failed sign-ins of one account in 15 minutes.
const SIGN_IN_LIMIT_DEFAULT: u32 = 5;
/// Many people may share one client address, so it is allowed this many times what an account is.
const CLIENT_FACTOR: u32 = 6;

/// Signing in, and what is signed and sealed.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// `SOUK_SECRET_KEY` (required): 64 hex digits; signs access tokens and seals stored answers. Make one with
    /// `openssl rand -hex 32`.
    pub secret_key: SecretString,
    /// `SOUK_SIGN_IN_LIMIT` (default 5): failed sign-ins per account in 15 minutes; per client address six times that.
    pub sign_in_limit_account: u32,
    pub sign_in_limit_client: u32,
}

impl Accounts {
    pub(super) fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let secret_key = environment.required("SOUK_SECRET_KEY", |text| {
            let is_key = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
            // A key of one repeated digit is a placeholder somebody forgot.
            let is_made = text.bytes().any(|digit| Some(&digit) != text.as_bytes().first());
            if is_key && is_made { Ok(SecretString::from(text)) } else { Err("64 random hex digits".to_owned()) }
        });
        let limit = environment.optional("SOUK_SIGN_IN_LIMIT", SIGN_IN_LIMIT_DEFAULT, number(1))?;
        Some(Self { secret_key: secret_key?, sign_in_limit_account: limit, sign_in_limit_client: limit.saturating_mul(CLIENT_FACTOR) })
    }
}
