//! What is for sale: categories, products, their variants and pictures. A product belongs to one seller; what a shopper
//! puts into a cart is a variant.

mod choice;
mod listing;
mod measure;
mod slug;
mod views;

pub use choice::{ValueChoice, ValueStanding};
pub use listing::{InvalidListing, ListingCursor, ListingQuery, OPTION_FILTERS_MAX, QUERY_LENGTH_MAX, Sort};
pub use measure::{InvalidMeasure, Measure, PriceUnit, UnitPrice, by_size};
pub use slug::{InvalidSlug, SLUG_LENGTH_MAX, Slug};
pub use views::{
    Availability, CategoryRef, CategoryView, DepartmentView, Facet, FacetValue, HomeView, ImageView, LOW_STOCK_MAX, ListingView,
    OptionView, ProductCard, ProductInventory, ProductView, Rating, SellerRef, VariantInventory, VariantView,
};
