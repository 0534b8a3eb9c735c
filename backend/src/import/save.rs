//! One product of a file against what an earlier run has made of it: only what differs is written, all of it in the caller's
//! transaction. What people do in the shop stays theirs: stock, category, address, a withdrawal, pictures added by hand.

use super::pictures::Fetched;
use super::shopify::{Product, Variant};
use super::store::{self, Known, KnownPicture, KnownVariant};
use super::{Counts, Outcome, RowError, Target, quoted};
use crate::{db, events};
use domain::catalog::{OptionView, Slug};
use domain::events::Event;
use domain::id::{ProductId, VariantId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Slugs that are tried with a number; behind the seller's own name, more than a few are never taken.
const NUMBERED_SLUGS_MAX: u32 = 9;
/// Stands in the events where otherwise a request's id does.
const REQUEST: &str = "import";
const PUBLISHED: &str = "published";

/// What was done for one product.
#[derive(Debug, Default)]
pub(super) struct Saved {
    /// None: nothing of it can be taken, and nothing must be kept of the transaction.
    pub(super) outcome: Option<Outcome>,
    pub(super) variants: Counts,
    pub(super) variants_withdrawn: u64,
    pub(super) pictures: Counts,
    pub(super) pictures_removed: u64,
    /// One for each row that is refused.
    pub(super) errors: Vec<RowError>,
}

impl Saved {
    pub(super) fn refused(line: u64, reason: String) -> Self {
        Self { errors: vec![RowError { line, column: None, reason }], ..Self::default() }
    }

    fn is_changed(&self) -> bool {
        let all_unchanged = [self.variants, self.pictures].into_iter().all(|counts| counts.created + counts.updated == 0);
        !all_unchanged || self.variants_withdrawn + self.pictures_removed > 0
    }
}

pub(super) async fn product(tx: &mut PgConnection, target: &Target, mut product: Product, fetched: &Fetched) -> anyhow::Result<Saved> {
    store::lock_seller(tx, target.seller).await?;
    let known = store::known(tx, target.seller, &product.handle).await?;
    let errors = refuse_taken_skus(tx, target, known.as_ref().map(|known| known.id), &mut product).await?;
    let saved = Saved { errors, ..Saved::default() };
    if product.variants.is_empty() {
        return Ok(saved);
    }
    let mut saving = Saving { tx, target, product: &product, fetched, saved };
    let outcome = match known {
        Some(known) => saving.update(known).await?,
        None => saving.create().await?,
    };
    Ok(Saved { outcome: Some(outcome), ..saving.saved })
}

/// A SKU is one variant's of a seller: a row that claims another product's is refused.
async fn refuse_taken_skus(
    tx: &mut PgConnection,
    target: &Target,
    known: Option<ProductId>,
    product: &mut Product,
) -> sqlx::Result<Vec<RowError>> {
    let skus: Vec<String> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
    let taken: HashMap<String, String> = store::taken_skus(tx, target.seller, known, &skus).await?.into_iter().collect();
    product.is_whole &= taken.is_empty();
    let refused = product.variants.extract_if(.., |variant| taken.contains_key(&variant.sku)).map(|variant| {
        let reason = format!("the SKU {} is that of another product, {}", quoted(&variant.sku), quoted(&taken[&variant.sku]));
        RowError { line: variant.line, column: None, reason }
    });
    Ok(refused.collect())
}

struct Saving<'a> {
    tx: &'a mut PgConnection,
    target: &'a Target,
    product: &'a Product,
    fetched: &'a Fetched,
    saved: Saved,
}

/// The id of each of the file's variants, by its SKU.
type Ids<'a> = HashMap<&'a str, VariantId>;

impl<'a> Saving<'a> {
    async fn create(&mut self) -> anyhow::Result<Outcome> {
        let is_offered = self.product.is_offered.unwrap_or(true);
        let id = self.create_product(is_offered).await?;
        store::insert_source(self.tx, self.target.seller, &self.product.handle, id).await?;
        let mut ids = Ids::new();
        for variant in &self.product.variants {
            ids.insert(&variant.sku, self.create_variant(id, variant).await?);
            self.saved.variants.created += 1;
        }
        self.pictures(id, &ids).await?;
        self.record(id, is_offered).await?;
        Ok(Outcome::Created)
    }

    /// Under the first slug that nobody has.
    async fn create_product(&mut self, is_offered: bool) -> anyhow::Result<ProductId> {
        let (target, product) = (self.target, self.product);
        let category = match target.category_of(&product.categories) {
            Some(category) => category,
            None => store::other_category(self.tx).await?,
        };
        let options = options(&product.option_names, product.variants.iter().map(|variant| &variant.options));
        for slug in slugs(&product.handle, &target.seller_slug) {
            let made = store::insert_product(self.tx, target.seller, category, &slug, product, &options, is_offered).await?;
            if let Some(id) = made {
                return Ok(id);
            }
        }
        anyhow::bail!("every address for it is taken")
    }

    async fn create_variant(&mut self, product: ProductId, variant: &Variant) -> sqlx::Result<VariantId> {
        let id = store::insert_variant(self.tx, self.target.seller, product, variant).await?;
        store::set_price(self.tx, id, self.target.currency, variant).await?;
        store::insert_opening_stock(self.tx, id, self.target.warehouse, variant.quantity).await?;
        Ok(id)
    }

    async fn update(&mut self, known: Known) -> anyhow::Result<Outcome> {
        let (ids, options) = self.update_variants(known.id).await?;
        self.pictures(known.id, &ids).await?;
        let wanted = wanted(&known, self.product, options);
        let outcome = Outcome::of(wanted != known || self.saved.is_changed());
        if outcome == Outcome::Updated {
            store::update_product(self.tx, &wanted).await?;
            self.record(known.id, wanted.status == PUBLISHED && known.status != PUBLISHED).await?;
        }
        Ok(outcome)
    }

    /// Gives the variants' ids, and the options that can be chosen now.
    async fn update_variants(&mut self, product: ProductId) -> sqlx::Result<(Ids<'a>, Vec<OptionView>)> {
        let known = store::known_variants(self.tx, product, self.target.currency).await?;
        let pairs = pair(&self.product.variants, &known);
        let mut ids = Ids::new();
        for (variant, pair) in self.product.variants.iter().zip(&pairs) {
            let (id, outcome) = match pair {
                Some(place) => self.update_variant(variant, &known[*place]).await?,
                None => (self.create_variant(product, variant).await?, Outcome::Created),
            };
            self.saved.variants.add(outcome);
            ids.insert(&variant.sku, id);
        }
        let paired: HashSet<usize> = pairs.into_iter().flatten().collect();
        let left = known.iter().enumerate().filter(|(place, known)| !paired.contains(place) && !known.is_withdrawn);
        let left: Vec<&KnownVariant> = left.map(|(_, known)| known).collect();
        let mut offered: Vec<_> = self.product.variants.iter().map(|variant| (variant.position, &variant.options)).collect();
        if self.product.is_whole {
            self.withdraw(&left).await?;
        } else {
            // Their row may be one that was refused: they stay as they are, and can be chosen.
            offered.extend(left.iter().map(|known| (known.position, &known.options.0)));
            offered.sort_by_key(|(position, _)| *position);
        }
        Ok((ids, options(&self.product.option_names, offered.into_iter().map(|(_, options)| options))))
    }

    async fn update_variant(&mut self, variant: &Variant, known: &KnownVariant) -> sqlx::Result<(VariantId, Outcome)> {
        let differs = (&variant.sku, &variant.options, variant.position) != (&known.sku, &known.options.0, known.position)
            || known.is_withdrawn
            || variant.weight_grams.is_some_and(|grams| grams != known.weight_grams)
            || (variant.barcode.is_some() && variant.barcode != known.barcode)
            || (variant.measure.is_some() && variant.measure != known.measure);
        let costs_differently = (Some(variant.amount), variant.compare_at) != (known.amount, known.compare_at);
        if differs {
            store::update_variant(self.tx, known.id, variant).await?;
        }
        if costs_differently {
            store::set_price(self.tx, known.id, self.target.currency, variant).await?;
        }
        Ok((known.id, Outcome::of(differs || costs_differently)))
    }

    async fn withdraw(&mut self, gone: &[&KnownVariant]) -> sqlx::Result<()> {
        let gone: Vec<Uuid> = gone.iter().map(|known| known.id.0).collect();
        store::withdraw_variants(self.tx, &gone).await?;
        self.saved.variants_withdrawn += gone.len() as u64;
        Ok(())
    }

    /// Writes those that were fetched, corrects those that are there, and when the file's are all there, removes those that
    /// are not in it any more.
    async fn pictures(&mut self, product: ProductId, ids: &Ids<'_>) -> sqlx::Result<()> {
        let known = store::known_pictures(self.tx, product).await?;
        let mut left: HashMap<&str, &KnownPicture> = known.iter().map(|known| (known.source_url.as_str(), known)).collect();
        let mut are_all_there = !self.product.pictures.is_empty();
        for picture in &self.product.pictures {
            let url = picture.url.as_str();
            let alt = picture.alt.as_ref().unwrap_or(&self.product.title);
            let shown: Vec<Uuid> = picture.skus.iter().filter_map(|sku| ids.get(sku.as_str())).map(|variant| variant.0).collect();
            if let Some(known) = left.remove(url) {
                let differs = (&known.alt, known.position, &known.variant_ids) != (alt, picture.position, &shown);
                if differs {
                    store::update_picture(self.tx, known.id, alt, picture.position, &shown).await?;
                }
                self.saved.pictures.add(Outcome::of(differs));
            } else if let Some(rendered) = self.fetched.pictures.get(url) {
                store::insert_picture(self.tx, product, picture, alt, &shown, rendered).await?;
                self.saved.pictures.created += 1;
            } else {
                are_all_there = false;
            }
        }
        if are_all_there && self.product.is_whole {
            let gone: Vec<Uuid> = left.into_values().map(|known| known.id.0).collect();
            store::delete_pictures(self.tx, &gone).await?;
            self.saved.pictures_removed += gone.len() as u64;
        }
        Ok(())
    }

    /// What was made or changed without being put on sale is told as changed: what is kept of it elsewhere may be out of date.
    async fn record(&mut self, product: ProductId, is_put_on_sale: bool) -> anyhow::Result<()> {
        let seller = self.target.seller;
        let event = if is_put_on_sale { Event::ProductPublished { product, seller } } else { Event::ProductChanged { product, seller } };
        events::record(self.tx, &event, REQUEST).await
    }
}

/// The handle, if it is free; else with the seller's name, then with a number; in the end with what is nobody else's.
fn slugs(handle: &str, seller: &Slug) -> impl Iterator<Item = Slug> {
    let own = Slug::of(handle).or_else(|| seller.with_ending("product"));
    let sellers = own.as_ref().and_then(|own| own.with_ending(seller.as_str()));
    let numbered = sellers.clone();
    let numbered = (2..=NUMBERED_SLUGS_MAX).filter_map(move |number| numbered.as_ref()?.with_ending(&number.to_string()));
    let last = own.as_ref().and_then(|own| own.with_ending(&db::new_id().simple().to_string()));
    own.into_iter().chain(sellers).chain(numbered).chain(last)
}

/// The product as the file wants it. One that was withdrawn here stays so, whatever the other shop says.
fn wanted(known: &Known, product: &Product, options: Vec<OptionView>) -> Known {
    let status = match (known.status.as_str(), product.is_offered) {
        ("withdrawn", _) | (_, None) => &known.status,
        (_, Some(true)) => PUBLISHED,
        (_, Some(false)) => "draft",
    };
    let description_html = product.description_html.as_ref().unwrap_or(&known.description_html).clone();
    Known { id: known.id, title: product.title.clone(), description_html, options: Json(options), status: status.to_owned() }
}

/// For each variant of the file the place of the one that is there: the one with its SKU, else one with its options whose own
/// SKU is not in the file any more.
fn pair(variants: &[Variant], known: &[KnownVariant]) -> Vec<Option<usize>> {
    let by_sku: HashMap<&str, usize> = known.iter().enumerate().map(|(place, known)| (known.sku.as_str(), place)).collect();
    let mut pairs: Vec<Option<usize>> = variants.iter().map(|variant| by_sku.get(variant.sku.as_str()).copied()).collect();
    let paired: HashSet<usize> = pairs.iter().flatten().copied().collect();
    let mut free: Vec<_> = known.iter().enumerate().filter(|(place, _)| !paired.contains(place)).collect();
    // Of two with the same options the last one is kept: it is not withdrawn.
    free.sort_by_key(|(_, known)| !known.is_withdrawn);
    let mut by_options: HashMap<_, usize> = free.into_iter().map(|(place, known)| (&known.options.0, place)).collect();
    for (variant, pair) in variants.iter().zip(&mut pairs) {
        *pair = pair.or_else(|| by_options.remove(&variant.options));
    }
    pairs
}

/// Names from the file; their values in the order in which the variants have them.
fn options<'a>(names: &[String], variants: impl Iterator<Item = &'a BTreeMap<String, String>> + Clone) -> Vec<OptionView> {
    let values = |name: &String| {
        let mut seen = HashSet::new();
        variants.clone().filter_map(|options| options.get(name)).filter(|value| seen.insert(*value)).cloned().collect()
    };
    names.iter().map(|name| OptionView { name: name.clone(), values: values(name) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slugs_that_are_tried_are_the_sellers_own() {
        let seller = "kiln".parse().unwrap();
        let tried: Vec<String> = slugs("Bowl!", &seller).map(String::from).collect();
        assert_eq!(tried[..3], ["bowl", "bowl-kiln", "bowl-kiln-2"]);
        assert_eq!((tried.len(), tried[10].len()), (11, "bowl-".len() + 32));
        assert_eq!(slugs("日本", &seller).next().unwrap().as_str(), "kiln-product");
        let long = "s".repeat(80).parse().unwrap();
        assert_eq!(slugs(&"h".repeat(80), &long).count(), 2, "two long names leave room for the last resort");
    }
}
