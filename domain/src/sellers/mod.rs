//! Sellers: who they are and what a shopper reads about them. What the marketplace keeps of a sale stands in
//! [`crate::pricing`], where a sale is priced.

use crate::catalog::Rating;
use crate::id::SellerId;
use crate::money::Money;
use serde::{Deserialize, Serialize};

/// What a shopper reads about a seller. Texts are plain, paragraphs separated by an empty line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct SellerView {
    pub id: SellerId,
    pub slug: String,
    pub name: String,
    pub story: String,
    pub city: String,
    pub country: String,
    /// Over the reviews of all their products.
    pub rating: Rating,
    pub shipping_policy: String,
    pub returns_policy: String,
    /// The usual way to each group of countries, in the seller's order.
    pub deliveries: Vec<DeliveryView>,
}

/// How long a parcel travels to some countries, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct DeliveryView {
    /// ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    pub price: Money,
    /// From this value of the seller's goods on it costs nothing.
    pub free_from: Option<Money>,
    /// For each started kilogram beyond the first.
    pub per_kg: Option<Money>,
    /// Working days.
    pub days_from: u32,
    pub days_to: u32,
}
