//! Identifiers in Stripe's form: a prefix that names the kind, then unguessable letters and digits.

use rand::distr::{Alphanumeric, SampleString};

/// A new identifier such as `pi_4fK…`; 24 letters and digits leave no room for guessing.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", token(24))
}

/// Random letters and digits.
pub(crate) fn token(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), length)
}
