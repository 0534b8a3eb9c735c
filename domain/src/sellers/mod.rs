//! Sellers: who they are and what a shopper reads about them. What the marketplace keeps of a sale stands in
//! [`crate::pricing`], where a sale is priced.

use crate::id::SellerId;
use serde::{Deserialize, Serialize};

/// What a shopper reads about a seller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct SellerView {
    pub id: SellerId,
    pub slug: String,
    pub name: String,
    /// Plain text, paragraphs separated by an empty line.
    pub story: String,
    pub city: String,
    pub country: String,
}
