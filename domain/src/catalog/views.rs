use crate::id::{CategoryId, ProductId, SellerId, VariantId};
use crate::money::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// At or below this many units a shopper is told to hurry.
pub const LOW_STOCK_MAX: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    InStock,
    Low,
    Out,
}

impl Availability {
    pub fn of(available: u32) -> Self {
        match available {
            0 => Availability::Out,
            1..=LOW_STOCK_MAX => Availability::Low,
            _ => Availability::InStock,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct SellerRef {
    pub id: SellerId,
    pub slug: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct CategoryRef {
    pub slug: String,
    pub name: String,
}

/// `product_count` includes the products of all descendants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct CategoryView {
    pub id: CategoryId,
    pub slug: String,
    pub name: String,
    /// A sentence in the reader's language, or else in English.
    pub introduction: Option<String>,
    pub parent_id: Option<CategoryId>,
    pub product_count: u32,
}

/// A picture: `url` is its largest width; `srcset` names all widths, `background` its dominant colour (`#rrggbb`),
/// painted until it has loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ImageView {
    pub url: String,
    pub srcset: String,
    pub alt: String,
    pub width: u32,
    pub height: u32,
    pub background: String,
    /// The variants this picture shows; empty: all.
    pub variant_ids: Vec<VariantId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Rating {
    /// 0 where there is none, else 1 to 5.
    pub average: f32,
    pub count: u32,
}

impl Rating {
    /// One review's stars.
    pub fn of_stars(stars: u8) -> Self {
        Self { average: f32::from(stars), count: 1 }
    }

    /// 0 to 50.
    pub fn tenths(self) -> u32 {
        (self.average * 10.0).round() as u32
    }

    /// `4.6`. Put together from whole numbers: printing a float would bring 20 KB of code to the browser.
    pub fn text(self) -> String {
        let tenths = self.tenths();
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// One product in a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ProductCard {
    pub id: ProductId,
    pub slug: String,
    pub title: String,
    pub seller: SellerRef,
    pub category: CategoryRef,
    /// Of the cheapest of its variants, and of those that were asked for where there is a filter.
    pub price: Money,
    /// Of the dearest of its variants.
    pub price_max: Money,
    pub compare_at_price: Option<Money>,
    pub rating: Rating,
    pub image: Option<ImageView>,
    pub in_stock: bool,
    pub variant_count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct FacetValue {
    /// What to send in the query.
    pub value: String,
    pub label: String,
    pub count: u32,
    pub selected: bool,
    /// The value that this one is a part of, as a category is of the one above it.
    pub within: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Facet {
    /// The query parameter's name (`category`, `seller`, `option.color`).
    pub field: String,
    pub label: String,
    pub values: Vec<FacetValue>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ListingView {
    pub items: Vec<ProductCard>,
    pub facets: Vec<Facet>,
    pub total: u32,
    pub next_cursor: Option<String>,
    pub corrected_query: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct OptionView {
    pub name: String,
    pub values: Vec<String>,
}

/// `available` is the exact sum over warehouses of what is on hand, less what is allocated and held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct VariantView {
    pub id: VariantId,
    pub sku: String,
    pub options: BTreeMap<String, String>,
    pub price: Money,
    pub compare_at_price: Option<Money>,
    /// Of a whole `unit`, where it is sold by weight, volume or length.
    pub unit_price: Option<Money>,
    /// `kg`, `l` or `m`.
    pub unit: Option<String>,
    pub availability: Availability,
    pub available: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ProductView {
    pub id: ProductId,
    pub slug: String,
    pub title: String,
    /// Sanitised when stored: safe to show as it is.
    pub description_html: String,
    pub options: Vec<OptionView>,
    pub variants: Vec<VariantView>,
    pub images: Vec<ImageView>,
    pub seller: SellerRef,
    pub category: CategoryRef,
    /// The topmost category above `category`; none where that is topmost itself.
    pub department: Option<CategoryRef>,
    pub rating: Rating,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct VariantInventory {
    pub variant_id: VariantId,
    pub availability: Availability,
    pub available: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ProductInventory {
    pub product_id: ProductId,
    pub variants: Vec<VariantInventory>,
}

/// A topmost category with the first picture of what sells best in it and has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentView {
    pub category: CategoryView,
    pub image: Option<ImageView>,
}

/// What the home page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    /// The topmost categories that have products.
    pub departments: Vec<DepartmentView>,
    pub newest: Vec<ProductCard>,
    /// By units sold; filled up with the newest where little was sold.
    pub best_selling: Vec<ProductCard>,
    pub sellers: Vec<SellerRef>,
}
