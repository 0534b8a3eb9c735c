//! What buyers say about products.

use serde::{Deserialize, Serialize};

/// Stars that can be given.
pub const STARS_MAX: u8 = 5;

/// One review, as shoppers read it. Texts are plain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    pub author: String,
    /// 1 to [`STARS_MAX`].
    pub rating: u8,
    pub title: Option<String>,
    pub body: String,
    /// Whether the author bought the product here.
    pub is_verified: bool,
    /// The day it was written, `2026-11-25`.
    pub written_on: String,
}

/// The reviews of a product: how many of each number of stars, and the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewsView {
    /// How many gave one star, two, …
    pub counts: [u32; STARS_MAX as usize],
    /// The newest first.
    pub newest: Vec<ReviewView>,
}

impl ReviewsView {
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }
}
