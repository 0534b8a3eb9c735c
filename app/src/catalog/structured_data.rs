use crate::routes;
use crate::ui::{whole_address, whole_file_address};
use domain::catalog::{Availability, ProductView, VariantView};
use domain::money::Money;
use serde::Serialize;

/// A product in schema.org's words, saying what the page shows and no more.
#[derive(Debug, Serialize)]
struct Product<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    url: String,
    sku: &'a str,
    /// Whole addresses: who reads this has left the page.
    image: Vec<String>,
    brand: Named<'a>,
    category: &'a str,
    offers: Offer<'a>,
    #[serde(rename = "aggregateRating", skip_serializing_if = "Option::is_none")]
    rating: Option<AggregateRating>,
}

#[derive(Debug, Serialize)]
struct AggregateRating {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "ratingValue")]
    value: String,
    #[serde(rename = "reviewCount")]
    count: u32,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct Offer<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    url: String,
    price: String,
    #[serde(rename = "priceCurrency")]
    currency: &'static str,
    availability: &'static str,
    seller: Named<'a>,
}

/// JSON-LD of a product with the variant that is chosen.
pub(super) fn product(product: &ProductView, chosen: &VariantView) -> String {
    let availability = match chosen.availability {
        Availability::InStock => "https://schema.org/InStock",
        Availability::Low => "https://schema.org/LimitedAvailability",
        Availability::Out => "https://schema.org/OutOfStock",
    };
    let maker = |kind| Named { kind, name: &product.seller.name };
    let data = Product {
        context: "https://schema.org",
        kind: "Product",
        name: &product.title,
        url: whole_address(&routes::product(&product.slug)),
        sku: &chosen.sku,
        image: product.images_of(chosen.id).iter().map(|image| whole_file_address(&image.url)).collect(),
        brand: maker("Brand"),
        category: &product.category.name,
        offers: Offer {
            kind: "Offer",
            url: whole_address(&routes::variant(&product.slug, chosen.id)),
            price: decimal(chosen.price),
            currency: chosen.price.currency.code(),
            availability,
            seller: maker("Organization"),
        },
        // A rating by nobody would be a false statement.
        rating: (product.rating.count > 0).then(|| AggregateRating {
            kind: "AggregateRating",
            value: product.rating.text(),
            count: product.rating.count,
        }),
    };
    serde_json::to_string(&data).expect("plain texts always serialise")
}

/// `1299.00`: no symbol, no grouping.
fn decimal(money: Money) -> String {
    let digits = money.currency.exponent() as usize;
    let scale = 10_u64.pow(money.currency.exponent());
    let amount = money.amount.unsigned_abs();
    if digits == 0 { amount.to_string() } else { format!("{}.{:0digits$}", amount / scale, amount % scale) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    #[test]
    fn prices_for_machines_have_no_grouping() {
        assert_eq!(decimal(Money::new(129_905, Currency::Usd)), "1299.05");
        assert_eq!(decimal(Money::new(1_200, Currency::Jpy)), "1200");
    }
}
