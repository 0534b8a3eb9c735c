//! Idempotency keys by the rules of Stripe's v1 API: the first answer of a request that was carried out is kept for
//! 24 hours, whatever it was, and given again byte for byte; other parameters under the same key are an error, and so is
//! a second request while the first is under way. A request that failed validation leaves its key free.

use std::collections::HashMap;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::errors::ApiError;

/// How long an answer is kept.
const KEPT_SECONDS: i64 = 24 * 60 * 60;
/// Stripe's limit on the length of a key.
const KEY_CHARACTERS: usize = 255;

/// An answer under its key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredReply {
    key: String,
    /// A keyed digest of method, path and parameters.
    fingerprint: String,
    created: i64,
    pub(crate) request_id: String,
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A key that a request came with, and what that request asked.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey {
    pub(crate) key: String,
    fingerprint: String,
}

impl IdempotencyKey {
    /// # Errors
    /// The key is empty or longer than 255 characters.
    pub(crate) fn new(key: &str, fingerprint: String) -> Result<Self, ApiError> {
        if key.is_empty() || key.chars().count() > KEY_CHARACTERS {
            let message = format!("Idempotency keys must have between 1 and {KEY_CHARACTERS} characters.");
            return Err(ApiError::idempotency(message));
        }
        Ok(Self { key: key.to_owned(), fingerprint })
    }

    pub(crate) fn reply(&self, request_id: &str, status: StatusCode, body: &str, now: i64) -> StoredReply {
        StoredReply {
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            created: now,
            request_id: request_id.to_owned(),
            status: status.as_u16(),
            body: body.to_owned(),
        }
    }
}

/// All keys: those under way (this process only) and those with an answer.
#[derive(Debug, Default)]
pub(crate) struct KeyTable {
    under_way: HashMap<String, String>,
    answered: HashMap<String, StoredReply>,
}

impl KeyTable {
    /// Takes a key for a request. `Ok(Some(…))` is an earlier answer to give again.
    ///
    /// # Errors
    /// The key belongs to other parameters, or to a request that is still under way.
    pub(crate) fn begin(&mut self, key: &IdempotencyKey, now: i64) -> Result<Option<StoredReply>, ApiError> {
        if let Some(reply) = self.answered.get(&key.key)
            && reply.created + KEPT_SECONDS > now
        {
            return if reply.fingerprint == key.fingerprint { Ok(Some(reply.clone())) } else { Err(mismatch(&key.key)) };
        }
        match self.under_way.get(&key.key) {
            Some(fingerprint) if *fingerprint != key.fingerprint => Err(mismatch(&key.key)),
            Some(_) => Err(ApiError::idempotency_in_use()),
            None => {
                self.under_way.insert(key.key.clone(), key.fingerprint.clone());
                Ok(None)
            }
        }
    }

    /// The request is over; without a kept answer its key is free again.
    pub(crate) fn end(&mut self, key: &IdempotencyKey) {
        self.under_way.remove(&key.key);
    }

    pub(crate) fn keep(&mut self, reply: StoredReply) {
        self.answered.insert(reply.key.clone(), reply);
    }

    /// Forgets answers that are older than a day.
    pub(crate) fn prune(&mut self, now: i64) {
        self.answered.retain(|_, reply| reply.created + KEPT_SECONDS > now);
    }
}

fn mismatch(key: &str) -> ApiError {
    let message = format!(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request."
    );
    ApiError::idempotency(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fingerprint: &str) -> IdempotencyKey {
        IdempotencyKey::new("order-7", fingerprint.to_owned()).unwrap()
    }

    #[test]
    fn an_answer_is_given_again_for_a_day_and_then_forgotten() {
        let mut keys = KeyTable::default();
        assert!(keys.begin(&key("a"), 0).unwrap().is_none());
        keys.keep(key("a").reply("req_1", StatusCode::OK, "{}", 0));
        keys.end(&key("a"));
        assert_eq!(keys.begin(&key("a"), KEPT_SECONDS - 1).unwrap().unwrap().body, "{}");
        assert!(keys.begin(&key("b"), KEPT_SECONDS - 1).is_err());
        assert!(keys.begin(&key("b"), KEPT_SECONDS).unwrap().is_none());
    }

    #[test]
    fn a_key_under_way_is_refused_and_one_that_failed_validation_is_free() {
        let mut keys = KeyTable::default();
        assert!(keys.begin(&key("a"), 0).unwrap().is_none());
        assert_eq!(keys.begin(&key("a"), 0).unwrap_err().status, StatusCode::CONFLICT);
        assert_eq!(keys.begin(&key("b"), 0).unwrap_err().status, StatusCode::BAD_REQUEST);
        keys.end(&key("a"));
        assert!(keys.begin(&key("b"), 0).unwrap().is_none());
    }

    #[test]
    fn overlong_and_empty_keys_are_refused() {
        assert!(IdempotencyKey::new("", String::new()).is_err());
        assert!(IdempotencyKey::new(&"k".repeat(256), String::new()).is_err());
        assert!(IdempotencyKey::new(&"k".repeat(255), String::new()).is_ok());
    }
}
