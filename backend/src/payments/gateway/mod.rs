//! The payment gateway behind Stripe's protocol.

/// A client of the gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway;
