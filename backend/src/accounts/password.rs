//! Hashing passwords: argon2id with 19 MiB, two passes, one lane (OWASP's smallest recommendation). Few run at once, so
//! that a crowd at the door cannot eat the memory.

use anyhow::Context as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::{LazyLock, OnceLock};
use std::thread;
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// One hash per processor at a time: more would only make each slower.
static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(thread::available_parallelism().map_or(1, usize::from)));

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are constants within the limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash to store, salt and parameters included.
pub(crate) async fn hash(password: &str) -> anyhow::Result<String> {
    let password = password.to_owned();
    in_turn(move || hash_now(&password)).await
}

/// Whether the password is the one that was hashed.
pub(super) async fn verify(password: &str, hash: &str) -> anyhow::Result<bool> {
    let (password, hash) = (password.to_owned(), hash.to_owned());
    in_turn(move || verify_now(&password, &hash)).await
}

/// Takes as long as [`verify`] and is never right: for accounts that do not exist.
pub(super) async fn verify_nobody(password: &str) -> anyhow::Result<bool> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let password = password.to_owned();
    in_turn(move || {
        let hash = match NOBODY.get() {
            Some(hash) => hash,
            None => {
                let hash = hash_now(&crate::secret::new_token())?;
                NOBODY.get_or_init(|| hash)
            }
        };
        verify_now(&password, hash)?;
        Ok(false)
    })
    .await
}

/// Whether a hash was made in another way than today's.
pub(super) fn is_outdated(hash: &str) -> bool {
    let params = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok());
    let same = params.is_some_and(|params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES));
    !(same && hash.starts_with("$argon2id$"))
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    Ok(argon2().hash_password(password.as_bytes()).map_err(|error| anyhow::anyhow!("a password could not be hashed: {error}"))?.to_string())
}

fn verify_now(password: &str, hash: &str) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(hash).map_err(|error| anyhow::anyhow!("a stored hash does not parse: {error}"))?;
    Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> anyhow::Result<T> {
    let _turn = TURNS.acquire().await.context("the semaphore is never closed")?;
    tokio::task::spawn_blocking(work).await.context("hashing panicked")?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_fits_and_equal_ones_hash_apart() {
        let (one, other) = (hash("copper kettle moss").await.unwrap(), hash("copper kettle moss").await.unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one != other);
        assert!(verify("copper kettle moss", &one).await.unwrap());
        assert!(!verify("copper kettle mosS", &one).await.unwrap());
        assert!(!verify_nobody("copper kettle moss").await.unwrap());
    }

    #[test]
    fn a_hash_with_other_parameters_is_outdated() {
        assert!(!is_outdated("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$SqlVijFGiPG+935vDSGEsA"));
        assert!(is_outdated("$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$SqlVijFGiPG+935vDSGEsA"));
        assert!(is_outdated("nonsense"));
    }
}
