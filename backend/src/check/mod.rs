//! `souk check`: the promises of the shop as queries that must find nothing.

use crate::Handles;

/// A promise that does not hold, and where.
#[derive(Clone, Debug)]
pub struct Violation {
    pub invariant: &'static str,
    pub ids: Vec<String>,
}

/// Runs every invariant in one snapshot. `journal_url`: the sandbox's journal to compare with, where there is one.
pub async fn run(_handles: &Handles, _journal_url: Option<&str>) -> anyhow::Result<Vec<Violation>> {
    todo!()
}
