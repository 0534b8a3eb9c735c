//! Bringing in what a seller has in another shop: products, variants, pictures and opening stock from the file that the other
//! shop writes. What is wrong in a file is told with its line, the rest is taken; reading the same file again changes nothing.
//! `docs/importing.md` says what becomes of each column.

mod columns;
mod hosts;
mod pictures;
mod rows;
mod save;
mod shopify;
mod store;

pub use hosts::PictureHosts;

use crate::Handles;
use anyhow::Context as _;
use domain::catalog::Slug;
use domain::id::{CategoryId, SellerId, WarehouseId};
use domain::money::Currency;
use pictures::{Fetched, Fetcher};
use save::Saved;
use shopify::{Group, Product, Products};
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::time::Instant;

/// How often a long run says how far it is.
const PROGRESS_ROWS: u64 = 1_000;
/// Of a cell that is wrong, this much is repeated: enough to find it.
const QUOTED_CHARS_MAX: usize = 40;

/// What the file does not say.
#[derive(Clone, Debug)]
pub struct ImportSettings {
    /// Slug of the seller whose products they become.
    pub seller: String,
    /// Of the prices in the file.
    pub currency: Currency,
    /// Slug of the category of all new products; without it, the file's own words are looked up.
    pub category: Option<String>,
    /// Code of the warehouse that gets the opening stock; without it, the first one.
    pub warehouse: Option<String>,
    /// Reads, checks and reports as usual, and writes nothing.
    pub is_dry_run: bool,
    /// Where pictures may be fetched from.
    pub picture_hosts: PictureHosts,
}

/// What is told on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A row of which nothing is taken, or a product that is refused from this row on.
    Refused(RowError),
    /// A picture that could not be had; its product is taken without it.
    PictureMissing(RowError),
    Progress {
        rows: u64,
        rows_per_second: u64,
    },
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file in which the row begins; the header is line 1.
    pub line: u64,
    /// As the file names it.
    pub column: Option<&'static str>,
    pub reason: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}: {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

/// How many of a kind were met with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub is_dry_run: bool,
    pub products: Counts,
    pub variants: Counts,
    /// Variants that are not in the file any more.
    pub variants_withdrawn: u64,
    /// In a dry run: those that would be fetched.
    pub pictures: Counts,
    /// Pictures that are not in the file any more.
    pub pictures_removed: u64,
    pub pictures_missing: u64,
    pub rows: u64,
    /// Rows of which nothing was taken.
    pub rows_refused: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_dry_run {
            writeln!(f, "Dry run: nothing was written and no picture fetched. This is what would be done.")?;
        }
        let line = |counts: Counts| format!("{} created, {} updated, {} unchanged", counts.created, counts.updated, counts.unchanged);
        writeln!(f, "Products: {}", line(self.products))?;
        writeln!(f, "Variants: {}, {} withdrawn", line(self.variants), self.variants_withdrawn)?;
        writeln!(f, "Pictures: {}, {} removed, {} not to be had", line(self.pictures), self.pictures_removed, self.pictures_missing)?;
        write!(f, "Rows: {} read, {} with errors", self.rows, self.rows_refused)
    }
}

/// Reads Shopify's product file and makes or changes the seller's products by it, each in a transaction of its own. A run that
/// breaks off keeps what it has done, and the next goes on from there.
///
/// # Errors
/// A file that is not Shopify's or cannot be read to its end, a seller, category or warehouse that is not there, a database
/// that fails. What is wrong in a row is no error: it is told, and counted in the report.
pub async fn shopify(
    handles: &Handles,
    file: impl Read,
    settings: &ImportSettings,
    tell: &mut dyn FnMut(Notice),
) -> anyhow::Result<Report> {
    let target = Target::find(handles, settings).await?;
    let mut products = Products::open(file, target.seller, settings.currency)?;
    let report = Report { is_dry_run: settings.is_dry_run, ..Report::default() };
    let mut import = Import { handles, target, fetcher: Fetcher::new(settings.picture_hosts)?, report, tell, began: Instant::now() };
    // A file is read faster than its rows are written, so that reading it here makes nobody wait.
    while let Some(group) = products.next()? {
        import.take(group).await?;
    }
    Ok(import.report)
}

/// Where the products go.
struct Target {
    seller: SellerId,
    seller_slug: Slug,
    warehouse: WarehouseId,
    currency: Currency,
    /// The one category of all, where one was asked for.
    category: Option<CategoryId>,
    /// All categories by slug, and by name in small letters.
    categories: HashMap<String, CategoryId>,
}

impl Target {
    async fn find(handles: &Handles, settings: &ImportSettings) -> anyhow::Result<Self> {
        let db = &handles.db;
        let (seller, slug) =
            store::seller(db, &settings.seller).await?.with_context(|| format!("there is no seller `{}`", settings.seller))?;
        let warehouse = store::warehouse(db, settings.warehouse.as_deref()).await?;
        let warehouse = warehouse.with_context(|| match &settings.warehouse {
            Some(code) => format!("there is no warehouse `{code}`"),
            None => "there is no warehouse".to_owned(),
        })?;
        let known = store::categories(db).await?;
        let category = match &settings.category {
            Some(slug) => {
                Some(known.iter().find(|category| category.slug == *slug).with_context(|| format!("there is no category `{slug}`"))?.id)
            }
            None => None,
        };
        let mut categories: HashMap<_, _> = known.iter().map(|category| (category.name.to_lowercase(), category.id)).collect();
        categories.extend(known.into_iter().map(|category| (category.slug, category.id)));
        Ok(Self { seller, seller_slug: slug.parse()?, warehouse, currency: settings.currency, category, categories })
    }

    /// The category that was asked for, else the first that one of the file's words names.
    fn category_of(&self, words: &[String]) -> Option<CategoryId> {
        let by_slug = |word: &str| Slug::of(word).and_then(|slug| self.categories.get(slug.as_str()));
        let by_word = |word: &String| by_slug(word).or_else(|| self.categories.get(&word.to_lowercase())).copied();
        self.category.or_else(|| words.iter().find_map(by_word))
    }
}

struct Import<'a> {
    handles: &'a Handles,
    target: Target,
    fetcher: Fetcher,
    report: Report,
    tell: &'a mut dyn FnMut(Notice),
    began: Instant,
}

impl Import<'_> {
    async fn take(&mut self, group: Group) -> anyhow::Result<()> {
        let rows_before = self.report.rows;
        self.report.rows += group.rows;
        self.report.rows_refused += group.rows_refused;
        for error in group.errors {
            (self.tell)(Notice::Refused(error));
        }
        if let Some(product) = group.product {
            let handle = product.handle.clone();
            let saved = self.product(product).await.with_context(|| format!("product {}", quoted(&handle)))?;
            self.count(saved, group.rows - group.rows_refused);
        }
        if self.report.rows / PROGRESS_ROWS > rows_before / PROGRESS_ROWS {
            let rows_per_second = (self.report.rows as f64 / self.began.elapsed().as_secs_f64().max(0.001)) as u64;
            (self.tell)(Notice::Progress { rows: self.report.rows, rows_per_second });
        }
        Ok(())
    }

    /// Fetches what pictures are missing, and only then opens the transaction.
    async fn product(&mut self, product: Product) -> anyhow::Result<Saved> {
        let kept = store::picture_sources(&self.handles.db, self.target.seller, &product.handle).await?;
        let missing: Vec<_> = product.pictures.iter().filter(|picture| !kept.contains(picture.url.as_str())).collect();
        let would_fetch = if self.report.is_dry_run { missing.len() as u64 } else { 0 };
        let mut fetched = Fetched::default();
        if !self.report.is_dry_run {
            fetched = self.fetcher.fetch(&missing, &self.handles.settings.media_dir).await?;
        }
        self.report.pictures_missing += fetched.problems.len() as u64;
        for problem in std::mem::take(&mut fetched.problems) {
            (self.tell)(Notice::PictureMissing(problem));
        }
        let mut saved = self.save(product, &fetched).await?;
        if let Some(outcome) = &mut saved.outcome {
            saved.pictures.created += would_fetch;
            if would_fetch > 0 && *outcome == Outcome::Unchanged {
                *outcome = Outcome::Updated;
            }
        }
        Ok(saved)
    }

    async fn save(&self, product: Product, fetched: &Fetched) -> anyhow::Result<Saved> {
        let line = product.line;
        let mut tx = self.handles.db.begin().await?;
        let saved = match save::product(&mut tx, &self.target, product, fetched).await {
            Ok(saved) => saved,
            // What the reading let pass and the database does not: told like the rest, so that the rest is taken.
            Err(error) => match store::objection(&error) {
                Some(constraint) => Saved::refused(line, format!("the database does not take the product ({constraint})")),
                None => return Err(error),
            },
        };
        if self.report.is_dry_run || saved.outcome.is_none() {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(saved)
    }

    /// `rows` are those that were read as this product's and had nothing wrong so far.
    fn count(&mut self, saved: Saved, rows: u64) {
        let report = &mut self.report;
        match saved.outcome {
            Some(outcome) => {
                report.rows_refused += saved.errors.len() as u64;
                report.products.add(outcome);
            }
            None => report.rows_refused += rows,
        }
        report.variants.merge(saved.variants);
        report.variants_withdrawn += saved.variants_withdrawn;
        report.pictures.merge(saved.pictures);
        report.pictures_removed += saved.pictures_removed;
        for error in saved.errors {
            (self.tell)(Notice::Refused(error));
        }
    }
}

/// What became of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Created,
    Updated,
    Unchanged,
}

impl Outcome {
    fn of(is_changed: bool) -> Self {
        if is_changed { Outcome::Updated } else { Outcome::Unchanged }
    }
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }

    fn merge(&mut self, other: Counts) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// The beginning of what somebody wrote, in quotes, with nothing in it that a terminal would obey.
fn quoted(text: &str) -> String {
    let mut beginning: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    if beginning.len() < text.len() {
        beginning.push('…');
    }
    format!("{beginning:?}")
}
