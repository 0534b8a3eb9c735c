//! One page of a long list.

use serde::{Deserialize, Serialize};

pub const PAGE_LIMIT_DEFAULT: u32 = 24;
/// More rows than this in one answer help nobody and cost everybody.
pub const PAGE_LIMIT_MAX: u32 = 100;

/// Rows and where to go on. The cursor's text is the store's own affair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}
