//! Seeding the demonstration marketplace.

use crate::Handles;
use std::path::Path;

/// The people that seeding makes.
#[derive(Clone, Debug)]
pub struct DemoAccounts {
    pub admin_email: String,
    pub admin_password: String,
    /// Of the demonstration shopper and sellers.
    pub demo_password: String,
}

/// Fills an empty marketplace from `demo/`; leaves one alone that has a seller already. Says whether it did.
pub async fn seed(_handles: &Handles, _demo_dir: &Path, _accounts: &DemoAccounts) -> anyhow::Result<bool> {
    todo!()
}
