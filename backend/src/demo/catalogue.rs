//! The files of `demo/catalogue/`, in their own words; `demo/README.md` explains them.

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) struct Catalogue {
    pub(super) categories: Vec<Category>,
    pub(super) sellers: Vec<Seller>,
    pub(super) taxes: Vec<Tax>,
    pub(super) coupons: Vec<Coupon>,
    pub(super) warehouses: Vec<Warehouse>,
    pub(super) reviews: Vec<Review>,
}

/// A coupon as the table has it; amounts in minor units of `currency`.
#[derive(Deserialize)]
pub(super) struct Coupon {
    pub(super) code: String,
    pub(super) label: String,
    /// `marketplace` or `seller`.
    pub(super) funded_by: String,
    pub(super) seller: Option<String>,
    pub(super) item_basis_points: i32,
    pub(super) order_basis_points: Option<i32>,
    pub(super) order_amount: Option<i64>,
    pub(super) free_shipping: bool,
    pub(super) min_goods: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) uses_max: Option<i32>,
    pub(super) uses_per_buyer_max: Option<i32>,
}

#[derive(Deserialize)]
pub(super) struct Review {
    /// The product's slug.
    pub(super) product: String,
    pub(super) author: String,
    pub(super) rating: i16,
    pub(super) title: Option<String>,
    pub(super) body: String,
    pub(super) days_ago: i32,
    pub(super) verified: bool,
}

#[derive(Deserialize)]
pub(super) struct Category {
    pub(super) slug: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    /// In other languages, by their codes.
    #[serde(default)]
    pub(super) names: BTreeMap<String, String>,
    /// A sentence below the name, by the codes of languages.
    #[serde(default)]
    pub(super) introductions: BTreeMap<String, String>,
    pub(super) position: i32,
}

#[derive(Deserialize)]
pub(super) struct Tax {
    pub(super) country: String,
    pub(super) region: Option<String>,
    pub(super) rate_basis_points: i32,
    pub(super) mode: TaxMode,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum TaxMode {
    Added,
    Included,
}

#[derive(Deserialize)]
pub(super) struct Warehouse {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) country: String,
    pub(super) region: Option<String>,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

#[derive(Deserialize)]
pub(super) struct Seller {
    pub(super) slug: String,
    pub(super) name: String,
    /// What it is about, in a line; stands above the story.
    #[serde(default)]
    pub(super) tagline: String,
    pub(super) story_html: String,
    pub(super) city: String,
    pub(super) country: String,
    pub(super) commission_basis_points: i32,
    pub(super) policies: Policies,
    /// Colours of all its pictures, unless a picture says otherwise.
    pub(super) palette: BTreeMap<String, String>,
    pub(super) shipping: Vec<Shipping>,
    pub(super) products: Vec<Product>,
}

#[derive(Deserialize)]
pub(super) struct Policies {
    pub(super) shipping_html: String,
    pub(super) returns_html: String,
}

#[derive(Deserialize)]
pub(super) struct Shipping {
    pub(super) label: String,
    pub(super) countries: Vec<String>,
    /// By currency.
    pub(super) prices: BTreeMap<String, i64>,
    pub(super) free_from: Option<BTreeMap<String, i64>>,
    pub(super) per_kg: BTreeMap<String, i64>,
    pub(super) grams_max: Option<i32>,
    pub(super) days_from: i32,
    pub(super) days_to: i32,
    pub(super) default: bool,
}

#[derive(Deserialize)]
pub(super) struct Product {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) category: String,
    /// Place among the newest, 1 is the newest of all.
    pub(super) newest: i32,
    /// What it is, in a sentence; stands above the description.
    #[serde(default)]
    pub(super) summary: String,
    pub(super) description_html: String,
    #[serde(default)]
    pub(super) material: String,
    #[serde(default)]
    pub(super) details: Vec<Detail>,
    pub(super) options: Vec<ProductOption>,
    pub(super) variants: Vec<Variant>,
    pub(super) pictures: Vec<Picture>,
}

#[derive(Deserialize)]
pub(super) struct Detail {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
pub(super) struct ProductOption {
    pub(super) name: String,
    pub(super) values: Vec<OptionValue>,
}

#[derive(Deserialize)]
pub(super) struct OptionValue {
    pub(super) value: String,
}

#[derive(Deserialize)]
pub(super) struct Variant {
    pub(super) sku: String,
    /// One value for each of the product's options, in their order.
    pub(super) values: Vec<String>,
    pub(super) prices: BTreeMap<String, Price>,
    pub(super) weight_grams: i32,
    /// What it holds, where it is sold by that: `250 g`.
    #[serde(default)]
    pub(super) measure: Option<String>,
    /// By warehouse code.
    pub(super) stock: BTreeMap<String, i32>,
}

#[derive(Deserialize)]
pub(super) struct Price {
    pub(super) amount: i64,
    pub(super) compare_at: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct Picture {
    pub(super) source: String,
    pub(super) alt: String,
    #[serde(default)]
    pub(super) colours: BTreeMap<String, String>,
    /// The variants it shows; all, where nothing is said.
    pub(super) shows: Option<Shows>,
}

#[derive(Deserialize)]
pub(super) struct Shows {
    pub(super) option: String,
    pub(super) value: String,
}

impl Catalogue {
    pub(super) fn read(demo: &Path) -> anyhow::Result<Self> {
        let folder = demo.join("catalogue");
        let mut files: Vec<_> = std::fs::read_dir(folder.join("sellers"))
            .with_context(|| format!("cannot read {}", folder.join("sellers").display()))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        files.sort();
        Ok(Self {
            categories: read(&folder.join("categories.json"))?,
            sellers: files.iter().map(|path| read(path)).collect::<Result<_, _>>()?,
            taxes: read(&folder.join("taxes.json"))?,
            coupons: read(&folder.join("coupons.json"))?,
            warehouses: read(&folder.join("warehouses.json"))?,
            reviews: read(&folder.join("reviews.json"))?,
        })
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what it should be", path.display()))
}

impl Product {
    /// What its page tells: the sentence, the description, then what it is made of and its measures.
    pub(super) fn whole_description(&self) -> String {
        let escaped = |text: &str| ammonia::clean_text(text);
        let summary = Some(&self.summary).filter(|text| !text.is_empty()).map(|text| format!("<p>{}</p>", escaped(text)));
        let material = Some(("Material", self.material.as_str())).filter(|(_, text)| !text.is_empty());
        let details = self.details.iter().map(|detail| (detail.name.as_str(), detail.value.as_str()));
        let rows =
            material.into_iter().chain(details).map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value)));
        let rows: String = rows.collect();
        let facts = if rows.is_empty() { rows } else { format!("<dl>{rows}</dl>") };
        format!("{}{}{facts}", summary.unwrap_or_default(), self.description_html)
    }

    /// Option name to value, of one of its variants.
    pub(super) fn options_of(&self, variant: &Variant) -> BTreeMap<String, String> {
        self.options.iter().map(|option| option.name.clone()).zip(variant.values.iter().cloned()).collect()
    }
}

impl Seller {
    /// Plain text, the tagline first.
    pub(super) fn whole_story(&self) -> String {
        let tagline = Some(&self.tagline).filter(|text| !text.is_empty()).map(|text| format!("{text}.\n\n"));
        tagline.unwrap_or_default() + &plain_text(&self.story_html)
    }
}

/// Plain text of a few paragraphs, separated by an empty line.
pub(super) fn plain_text(html: &str) -> String {
    let paragraphs = html.replace("</p>", "\n\n").replace("<br>", "\n");
    let mut text = String::with_capacity(paragraphs.len());
    let mut inside = false;
    for letter in paragraphs.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_becomes_plain_paragraphs() {
        assert_eq!(plain_text("<p>Pots &amp; <em>pans</em>.</p><p>Since 2009.</p>"), "Pots & pans.\n\nSince 2009.");
    }
}
