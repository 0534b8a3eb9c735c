//! Seeding the demonstration marketplace: its sellers and what they make, so that a new shop is not an empty one.

mod catalogue;
mod store;

use crate::accounts::password;
use crate::events;
use crate::media::{self, PictureSource, RenderedPicture};
use crate::{Handles, db};
use anyhow::Context as _;
use catalogue::{Catalogue, Picture, Product, Seller};
use domain::events::Event;
use domain::id::{SellerId, UserId, VariantId};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use uuid::Uuid;

/// The people that seeding makes.
#[derive(Clone, Debug)]
pub struct DemoAccounts {
    pub admin_email: String,
    pub admin_password: String,
    /// Of the demonstration shopper and sellers.
    pub demo_password: String,
}

/// What seeding found to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeded {
    /// The marketplace was empty.
    Everything,
    /// There were sellers, but pictures of their products were missing.
    Pictures,
    Nothing,
}

/// Fills an empty marketplace from `demo/`. Of one that has a seller already it only draws the pictures that are missing: the
/// database may be older than the media directory.
///
/// # Errors
/// When a file is not what it should be or a picture cannot be drawn, with its name; nothing is seeded then.
pub async fn seed(handles: &Handles, demo_dir: &Path, accounts: &DemoAccounts) -> anyhow::Result<Seeded> {
    if store::has_sellers(&handles.db).await? {
        return draw_again(handles, demo_dir).await;
    }
    let (catalogue, pictures) = draw(handles, demo_dir).await?;
    let hashes = Hashes { admin: password::hash(&accounts.admin_password).await?, demo: password::hash(&accounts.demo_password).await? };
    let mut tx = handles.db.begin().await?;
    // Two processes may seed at once: the second waits here, and finds it done.
    store::lock(&mut tx).await?;
    if store::has_sellers(&mut *tx).await? {
        return Ok(Seeded::Nothing);
    }
    let admin = store::insert_user(&mut tx, &accounts.admin_email, "Administrator", true, &hashes.admin).await?;
    store::insert_user(&mut tx, "shopper@souk.example", "Robin Shopper", false, &hashes.demo).await?;
    let mut seeding = Seeding { tx: &mut tx, pictures, hashes, categories: HashMap::new(), warehouses: HashMap::new(), actor: admin };
    seeding.whole(&catalogue).await?;
    tx.commit().await?;
    store::analyze(&handles.db).await?;
    Ok(Seeded::Everything)
}

async fn draw_again(handles: &Handles, demo_dir: &Path) -> anyhow::Result<Seeded> {
    let media = &handles.settings.media_dir;
    let is_there =
        |(file, widths): &(String, Vec<i32>)| widths.iter().all(|width| media.join(media::file_name(file, width.unsigned_abs())).exists());
    if store::pictures(&handles.db).await?.iter().all(is_there) {
        return Ok(Seeded::Nothing);
    }
    draw(handles, demo_dir).await?;
    Ok(Seeded::Pictures)
}

async fn draw(handles: &Handles, demo_dir: &Path) -> anyhow::Result<(Catalogue, Drawn)> {
    let (demo_dir, media_dir) = (demo_dir.to_owned(), handles.settings.media_dir.clone());
    tokio::task::spawn_blocking(move || prepare(&demo_dir, &media_dir)).await?
}

struct Hashes {
    admin: String,
    demo: String,
}

/// Reads the files and draws every picture: what takes long, before the transaction.
fn prepare(demo: &Path, media: &Path) -> anyhow::Result<(Catalogue, Drawn)> {
    let catalogue = Catalogue::read(demo)?;
    let mut keys = Vec::new();
    let mut sources = Vec::new();
    for seller in &catalogue.sellers {
        for (index, product) in seller.products.iter().enumerate() {
            for (place, picture) in product.pictures.iter().enumerate() {
                keys.push((seller.slug.clone(), index, place));
                sources.push(source(seller, picture));
            }
        }
    }
    let rendered = media::write_pictures(&demo.join("pictures"), media, &sources)?;
    Ok((catalogue, keys.into_iter().zip(rendered).collect()))
}

fn source(seller: &Seller, picture: &Picture) -> PictureSource {
    let mut colours = seller.palette.clone();
    colours.extend(picture.colours.clone());
    PictureSource { source: picture.source.clone(), colours }
}

/// By seller's slug, the product's place and the picture's.
type Drawn = HashMap<(String, usize, usize), RenderedPicture>;

struct Seeding<'a> {
    tx: &'a mut PgConnection,
    pictures: Drawn,
    hashes: Hashes,
    /// By slug.
    categories: HashMap<String, Uuid>,
    /// By code.
    warehouses: HashMap<String, Uuid>,
    actor: UserId,
}

impl Seeding<'_> {
    async fn whole(&mut self, catalogue: &Catalogue) -> anyhow::Result<()> {
        for (rank, warehouse) in catalogue.warehouses.iter().enumerate() {
            let id = store::insert_warehouse(self.tx, warehouse, rank as i32).await?;
            self.warehouses.insert(warehouse.code.clone(), id);
        }
        for tax in &catalogue.taxes {
            store::insert_tax(self.tx, tax).await?;
        }
        self.categories(catalogue).await?;
        for seller in &catalogue.sellers {
            self.seller(seller).await.with_context(|| format!("seller `{}`", seller.slug))?;
        }
        for coupon in &catalogue.coupons {
            let is_known = store::insert_coupon(self.tx, coupon).await?;
            anyhow::ensure!(is_known, "a coupon of a seller who is not there: `{}`", coupon.code);
        }
        for review in &catalogue.reviews {
            let is_known = store::insert_review(self.tx, review).await?;
            anyhow::ensure!(is_known, "a review of a product that is not there: `{}`", review.product);
        }
        store::count_reviews(self.tx).await?;
        Ok(())
    }

    /// Parents stand before their children in the file.
    async fn categories(&mut self, catalogue: &Catalogue) -> anyhow::Result<()> {
        let mut paths: HashMap<&str, Vec<Uuid>> = HashMap::new();
        for category in &catalogue.categories {
            let id = db::new_id();
            let parent = match &category.parent {
                Some(parent) => Some(paths.get(parent.as_str()).with_context(|| format!("category `{parent}` stands after its child"))?),
                None => None,
            };
            let path: Vec<Uuid> = parent.into_iter().flatten().copied().chain([id]).collect();
            store::insert_category(self.tx, id, category, &path).await?;
            self.categories.insert(category.slug.clone(), id);
            paths.insert(&category.slug, path);
        }
        Ok(())
    }

    async fn seller(&mut self, seller: &Seller) -> anyhow::Result<()> {
        let id = store::insert_seller(self.tx, seller).await?;
        let owner = store::insert_user(self.tx, &format!("{}@souk.example", seller.slug), &seller.name, false, &self.hashes.demo).await?;
        store::insert_owner(self.tx, owner, id).await?;
        for (position, rate) in seller.shipping.iter().enumerate() {
            store::insert_shipping_rates(self.tx, id, rate, position as i32).await?;
        }
        for (index, product) in seller.products.iter().enumerate() {
            self.product(seller, id, index, product).await.with_context(|| format!("product `{}`", product.slug))?;
        }
        Ok(())
    }

    async fn product(&mut self, seller: &Seller, seller_id: SellerId, index: usize, product: &Product) -> anyhow::Result<()> {
        let category = *self.categories.get(&product.category).with_context(|| format!("no category `{}`", product.category))?;
        let description = ammonia::clean(&product.whole_description());
        let id = store::insert_product(self.tx, seller_id, category, product, &description).await?;
        let mut variants = Vec::new();
        for (position, variant) in product.variants.iter().enumerate() {
            let options = product.options_of(variant);
            let variant_id = store::insert_variant(self.tx, seller_id, id, variant, &options, position as i32).await?;
            self.stock(variant_id, &variant.stock).await?;
            variants.push((variant_id, options));
        }
        for (place, picture) in product.pictures.iter().enumerate() {
            let rendered = self.pictures.get(&(seller.slug.clone(), index, place)).context("every picture was drawn")?;
            store::insert_image(self.tx, id, picture, rendered, &shown(picture, &variants), place as i32).await?;
        }
        events::record(self.tx, &Event::ProductPublished { product: id, seller: seller_id }, "seed").await
    }

    async fn stock(&mut self, variant: VariantId, counts: &BTreeMap<String, i32>) -> anyhow::Result<()> {
        for (code, count) in counts {
            let warehouse = *self.warehouses.get(code).with_context(|| format!("no warehouse `{code}`"))?;
            store::insert_stock(self.tx, variant, warehouse, *count, self.actor).await?;
        }
        Ok(())
    }
}

/// The variants that a picture shows; none: all.
fn shown(picture: &Picture, variants: &[(VariantId, BTreeMap<String, String>)]) -> Vec<Uuid> {
    let Some(shows) = &picture.shows else { return Vec::new() };
    variants.iter().filter(|(_, options)| options.get(&shows.option) == Some(&shows.value)).map(|(variant, _)| variant.0).collect()
}
