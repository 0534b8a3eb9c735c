//! Shopify's product file: the rows that follow each other under one handle are a product. The first names it, each row may
//! carry a variant, a picture, or both. Decides and reads; nothing is looked up and nothing written.

use super::RowError;
use super::columns::{Cells, Column as C, Columns, NOT_SHOPIFYS};
use super::rows::Rows;
use domain::catalog::{Measure, Slug};
use domain::id::SellerId;
use domain::money::{Currency, Money};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::Arc;
use url::Url;

/// As long as Shopify lets it be; the database keeps no longer one.
const HANDLE_CHARS_MAX: usize = 255;
/// What the database keeps.
const TITLE_CHARS_MAX: usize = 200;
/// A page of description is some kilobytes; this is a small book.
const DESCRIPTION_BYTES_MAX: usize = 64 * 1024;
/// A name or a value of an option, as Shopify lets it be: longer ones break every page.
const OPTION_CHARS_MAX: usize = 255;
const ALT_CHARS_MAX: usize = 512;
/// What the database keeps of SKUs and barcodes.
const CODE_CHARS_MAX: usize = 64;
const ADDRESS_CHARS_MAX: usize = 2_048;
/// Shopify's own limits for one product.
const VARIANTS_MAX: usize = 2_048;
const PICTURES_MAX: usize = 250;
/// Errors named of one product: who has more will not read them, and they would fill the memory.
const ERRORS_MAX: usize = 1_000;
/// 999,999.99 in most currencies: the gateway takes no larger charge.
const PRICE_MAX: i64 = 99_999_999;
/// A million of one thing in one place is a slip of the keyboard.
const QUANTITY_MAX: i32 = 1_000_000;
/// A tonne.
const GRAMS_MAX: i32 = 1_000_000;
/// What Shopify writes into the one option of a product that has none.
const NO_OPTION: (&str, &str) = ("Title", "Default Title");
const OPTIONS: [(C, C); 3] = [(C::Option1Name, C::Option1Value), (C::Option2Name, C::Option2Value), (C::Option3Name, C::Option3Value)];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) line: u64,
    pub(super) handle: String,
    pub(super) title: String,
    /// Sanitised. None, where the file does not speak of it.
    pub(super) description_html: Option<String>,
    /// What the file says of its category, the best word first.
    pub(super) categories: Vec<String>,
    /// Whether it is for sale. None, where the file does not speak of it.
    pub(super) is_offered: Option<bool>,
    pub(super) option_names: Vec<String>,
    pub(super) variants: Vec<Variant>,
    pub(super) pictures: Vec<Picture>,
    /// Whether all its rows were taken, so that a variant which is not here is gone.
    pub(super) is_whole: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) line: u64,
    pub(super) sku: String,
    pub(super) options: BTreeMap<String, String>,
    pub(super) amount: i64,
    pub(super) compare_at: Option<i64>,
    /// None, like the barcode and the measure, where the file does not speak of it.
    pub(super) weight_grams: Option<i32>,
    pub(super) barcode: Option<String>,
    /// What it holds, where it is sold by that: `250 g`.
    pub(super) measure: Option<String>,
    pub(super) quantity: i32,
    /// Its place among the product's variants.
    pub(super) position: i32,
    /// The one that shows it.
    picture: Option<Picture>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) line: u64,
    /// Where its address stands.
    pub(super) column: &'static str,
    pub(super) url: Url,
    pub(super) alt: Option<String>,
    pub(super) position: i32,
    /// The variants it shows; empty: all.
    pub(super) skus: Vec<String>,
}

/// What became of the rows of one handle.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// None, when nothing of it can be taken.
    pub(super) product: Option<Product>,
    /// By line.
    pub(super) errors: Vec<RowError>,
    pub(super) rows: u64,
    /// Those of which nothing is taken.
    pub(super) rows_refused: u64,
}

/// The products of a file, one after the other.
pub(super) struct Products<R> {
    rows: Rows<R>,
    columns: Arc<Columns>,
    shop: Shop,
    /// The first row of the product that comes next.
    ahead: Option<Cells>,
    /// Whether the row before that could not be read: it may have been the same product's.
    after_broken: bool,
    /// Where each handle and each SKU stood first: about a hundred bytes for a row, however long it is.
    handles: HashMap<String, u64>,
    skus: HashMap<String, u64>,
}

/// What a product is read for.
#[derive(Clone, Copy)]
struct Shop {
    seller: SellerId,
    currency: Currency,
}

impl<R: Read> Products<R> {
    /// # Errors
    /// A file whose first line is not the header of a product file.
    pub(super) fn open(file: R, seller: SellerId, currency: Currency) -> anyhow::Result<Self> {
        let mut rows = Rows::new(file);
        let Some(header) = rows.next()? else { anyhow::bail!("the file is empty") };
        let header = header.cells.map_err(|reason| anyhow::anyhow!("{NOT_SHOPIFYS}: in line 1, {reason}"))?;
        let (columns, shop) = (Arc::new(Columns::find(&header)?), Shop { seller, currency });
        Ok(Self { rows, columns, shop, ahead: None, after_broken: false, handles: HashMap::new(), skus: HashMap::new() })
    }

    /// The next product with what is wrong in its rows. A row that cannot be read stands alone, or with the product before it.
    ///
    /// # Errors
    /// When the file cannot be read any further.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Group>> {
        let after_broken = std::mem::take(&mut self.after_broken);
        let first = match self.row()? {
            None => return Ok(None),
            Some(Err(error)) => {
                self.after_broken = true;
                return Ok(Some(Group { product: None, errors: vec![error], rows: 1, rows_refused: 1 }));
            }
            Some(Ok(first)) => first,
        };
        let mut draft = self.begin(&first);
        draft.add(&first, &mut self.skus);
        while let Some(row) = self.row()? {
            match row {
                Ok(row) if row.get(C::Handle) == draft.handle => {
                    self.after_broken = false;
                    draft.add(&row, &mut self.skus);
                }
                Ok(row) => {
                    self.ahead = Some(row);
                    break;
                }
                Err(error) => {
                    self.after_broken = true;
                    draft.add_broken(error);
                }
            }
        }
        Ok(Some(draft.finish(after_broken)))
    }

    /// The next row that has cells and a handle, or what is wrong with it.
    fn row(&mut self) -> anyhow::Result<Option<Result<Cells, RowError>>> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(Ok(ahead)));
        }
        let Some(row) = self.rows.next()? else { return Ok(None) };
        let line = row.line;
        let cells = row.cells.map(|record| Cells { columns: Arc::clone(&self.columns), line, record });
        let cells = cells.map_err(|reason| RowError { line, column: None, reason });
        Ok(Some(cells.and_then(|cells| if cells.get(C::Handle).is_empty() { Err(cells.error(C::Handle, MISSING)) } else { Ok(cells) })))
    }

    fn begin(&mut self, first: &Cells) -> Draft {
        let handle = first.get(C::Handle).to_owned();
        let product = match self.handles.get(&handle) {
            Some(line) => Err(first.wrong(C::Handle, format!("stands in line {line} already; a product's rows follow each other"))),
            None => head(first),
        };
        // One that is too long is refused each time anyway, and would fill the memory.
        if product.is_ok() {
            self.handles.insert(handle.clone(), first.line);
        }
        Draft::new(handle, product, self.shop)
    }
}

/// What the first row says of the whole product; its variants and pictures are still to come.
fn head(row: &Cells) -> Result<Product, RowError> {
    let handle = at_most(row, C::Handle, HANDLE_CHARS_MAX, row.get(C::Handle).to_owned())?;
    let title = at_most(row, C::Title, TITLE_CHARS_MAX, one_line(row.get(C::Title)))?;
    if title.is_empty() {
        return Err(row.error(C::Title, MISSING));
    }
    let body = row.get(C::Body);
    if body.len() > DESCRIPTION_BYTES_MAX {
        return Err(row.error(C::Body, format!("is longer than {DESCRIPTION_BYTES_MAX} bytes")));
    }
    Ok(Product {
        line: row.line,
        handle,
        title,
        description_html: row.columns.has(C::Body).then(|| safe_html(body)),
        categories: categories(row),
        is_offered: is_offered(row)?,
        option_names: option_names(row)?,
        variants: Vec::new(),
        pictures: Vec::new(),
        is_whole: true,
    })
}

/// What of a description may stand in a page. Its pictures are on machines that our pages may not show anything from, and would
/// only be holes.
fn safe_html(body: &str) -> String {
    ammonia::Builder::default().rm_tags(["img"]).clean(body).to_string()
}

/// The seller's own word first, then Shopify's from the narrowest to the widest.
fn categories(row: &Cells) -> Vec<String> {
    let own = [row.get(C::Type)].into_iter();
    own.chain(row.get(C::Category).rsplit('>')).map(one_line).filter(|word| !word.is_empty()).collect()
}

/// Whether it is for sale: shown in the shop it comes from, and no voucher, which nobody here would redeem.
fn is_offered(row: &Cells) -> Result<Option<bool>, RowError> {
    let published = match row.get(C::Published).to_ascii_lowercase().as_str() {
        "" => None,
        "true" => Some(true),
        "false" => Some(false),
        _ => return Err(row.wrong(C::Published, "is neither true nor false")),
    };
    let active = match row.get(C::Status).to_ascii_lowercase().as_str() {
        "" => None,
        "active" => Some(true),
        "draft" | "archived" | "unlisted" => Some(false),
        _ => return Err(row.wrong(C::Status, "is none of active, draft, archived and unlisted")),
    };
    let goods = row.get(C::GiftCard).eq_ignore_ascii_case("true").then_some(false);
    // What any of them denies is denied.
    Ok([published, active, goods].into_iter().flatten().min())
}

fn option_names(row: &Cells) -> Result<Vec<String>, RowError> {
    if !row.get(C::Option4Name).is_empty() {
        return Err(row.error(C::Option4Name, format!("a product has at most {} options", OPTIONS.len())));
    }
    let mut names: Vec<String> = Vec::new();
    for (name_column, value_column) in OPTIONS {
        let name = at_most(row, name_column, OPTION_CHARS_MAX, one_line(row.get(name_column)))?;
        let value = row.get(value_column);
        let is_none = value == NO_OPTION.1 && (name == NO_OPTION.0 || name.is_empty());
        if is_none || (name.is_empty() && value.is_empty()) {
            break;
        }
        if name.is_empty() {
            return Err(row.error(name_column, MISSING));
        }
        if names.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
            return Err(row.wrong(name_column, "names two options"));
        }
        names.push(name);
    }
    Ok(names)
}

/// A product while its rows come in.
struct Draft {
    handle: String,
    shop: Shop,
    /// None: all of it is refused.
    product: Option<Product>,
    /// Where each combination of options stood first.
    combinations: HashMap<BTreeMap<String, String>, u64>,
    variant_rows: i32,
    group: Group,
}

impl Draft {
    fn new(handle: String, product: Result<Product, RowError>, shop: Shop) -> Self {
        let mut group = Group::default();
        let product = product.map_err(|error| group.errors.push(error)).ok();
        Self { handle, shop, product, combinations: HashMap::new(), variant_rows: 0, group }
    }

    fn add(&mut self, row: &Cells, skus: &mut HashMap<String, u64>) {
        self.group.rows += 1;
        let Some(mut product) = self.product.take() else { return };
        if let Err(error) = self.take(&mut product, row, skus) {
            product.is_whole = false;
            self.refuse(error);
        }
        self.product = Some(product);
    }

    fn add_broken(&mut self, error: RowError) {
        self.group.rows += 1;
        self.product.iter_mut().for_each(|product| product.is_whole = false);
        self.refuse(error);
    }

    fn refuse(&mut self, error: RowError) {
        self.group.rows_refused += 1;
        match self.group.errors.len() {
            ..ERRORS_MAX => self.group.errors.push(error),
            ERRORS_MAX => self.group.errors.push(RowError { reason: "and more errors, which are counted only".to_owned(), ..error }),
            _ => {}
        }
    }

    /// All of a row, or nothing.
    fn take(&mut self, product: &mut Product, row: &Cells, skus: &mut HashMap<String, u64>) -> Result<(), RowError> {
        let is_first = self.group.rows == 1;
        let is_variant = is_first || [C::Option1Value, C::Sku, C::Price].into_iter().any(|column| !row.get(column).is_empty());
        let variant = if is_variant { Some(self.variant(product, row)?) } else { None };
        let picture = picture(row, product.pictures.len())?;
        if variant.is_none() && picture.is_none() {
            return Err(RowError { line: row.line, column: None, reason: "the row has neither a variant nor a picture".to_owned() });
        }
        let picture = picture.filter(|picture| product.pictures.iter().all(|other| other.url != picture.url));
        if picture.is_some() && product.pictures.len() == PICTURES_MAX {
            return Err(row.error(C::Picture, format!("a product has at most {PICTURES_MAX} pictures")));
        }
        if let Some(variant) = variant {
            if let Some(line) = skus.get(&variant.sku) {
                return Err(row.error(C::Sku, format!("{} stands in line {line} already", super::quoted(&variant.sku))));
            }
            skus.insert(variant.sku.clone(), row.line);
            self.combinations.insert(variant.options.clone(), row.line);
            product.variants.push(variant);
        }
        product.pictures.extend(picture);
        Ok(())
    }

    fn variant(&mut self, product: &Product, row: &Cells) -> Result<Variant, RowError> {
        // A row that is refused keeps its place, so that the others keep theirs when it has been mended.
        self.variant_rows += 1;
        if product.variants.len() == VARIANTS_MAX {
            return Err(row.error(C::Option1Value, format!("a product has at most {VARIANTS_MAX} variants")));
        }
        let values = option_values(product, row)?;
        let options: BTreeMap<String, String> = product.option_names.iter().cloned().zip(values.iter().cloned()).collect();
        if let Some(line) = self.combinations.get(&options) {
            return Err(row.error(C::Option1Value, format!("the same options stand in line {line} already")));
        }
        let price = amount(row, C::Price, self.shop.currency)?.ok_or_else(|| row.error(C::Price, MISSING))?;
        Ok(Variant {
            line: row.line,
            sku: code(row, C::Sku)?.unwrap_or_else(|| derived_sku(self.shop.seller, &product.handle, &values)),
            options,
            amount: price,
            // Not above the price, it is no former price: Shopify does not show it either.
            compare_at: amount(row, C::CompareAt, self.shop.currency)?.filter(|former| *former > price),
            weight_grams: grams(row)?,
            barcode: code(row, C::Barcode)?,
            measure: measure(row),
            quantity: quantity(row)?,
            position: self.variant_rows - 1,
            picture: address(row, C::VariantPicture)?.map(|url| Picture {
                line: row.line,
                column: row.columns.name(C::VariantPicture),
                url,
                alt: None,
                position: i32::MAX,
                skus: Vec::new(),
            }),
        })
    }

    fn finish(mut self, after_broken: bool) -> Group {
        let mut product = self.product.filter(|product| !product.variants.is_empty());
        match &mut product {
            Some(product) => {
                product.is_whole &= !after_broken;
                arrange_pictures(product);
            }
            None => self.group.rows_refused = self.group.rows,
        }
        self.group.errors.sort_by_key(|error| error.line);
        Group { product, ..self.group }
    }
}

/// One value for each of the product's options.
fn option_values(product: &Product, row: &Cells) -> Result<Vec<String>, RowError> {
    let mut values = Vec::new();
    for (place, (name_column, value_column)) in OPTIONS.into_iter().enumerate() {
        let value = at_most(row, value_column, OPTION_CHARS_MAX, one_line(row.get(value_column)))?;
        let Some(name) = product.option_names.get(place) else {
            if value.is_empty() || value == NO_OPTION.1 {
                continue;
            }
            return Err(row.wrong(value_column, "is a value of no option: the product's first row names none"));
        };
        let again = one_line(row.get(name_column));
        if !again.is_empty() && again != *name {
            return Err(row.wrong(name_column, format!("is not the option of the product's first row, {}", super::quoted(name))));
        }
        if value.is_empty() {
            return Err(row.error(value_column, MISSING));
        }
        values.push(value);
    }
    Ok(values)
}

/// The same for the same options in every run, readable, and no other variant's.
fn derived_sku(seller: SellerId, handle: &str, values: &[String]) -> String {
    const STEM_CHARS_MAX: usize = 40;
    let mut digest = Sha256::new().chain_update(seller.0.as_bytes());
    for part in [handle].into_iter().chain(values.iter().map(String::as_str)) {
        digest = digest.chain_update([0]).chain_update(part);
    }
    let ending: String = digest.finalize().iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let stem = Slug::of(handle).map_or_else(|| "item".to_owned(), String::from);
    format!("{}-{ending}", stem.chars().take(STEM_CHARS_MAX).collect::<String>())
}

fn picture(row: &Cells, place: usize) -> Result<Option<Picture>, RowError> {
    let Some(url) = address(row, C::Picture)? else { return Ok(None) };
    let alt = at_most(row, C::PictureAlt, ALT_CHARS_MAX, one_line(row.get(C::PictureAlt)))?;
    let position = match whole_number(row, C::PicturePosition, i32::MAX)? {
        Some(position) => position,
        None => i32::try_from(place + 1).unwrap_or(i32::MAX),
    };
    let column = row.columns.name(C::Picture);
    Ok(Some(Picture { line: row.line, column, url, alt: (!alt.is_empty()).then_some(alt), position, skus: Vec::new() }))
}

/// Puts the pictures into their order and gives each the variants that name it; one that only variants name comes last.
fn arrange_pictures(product: &mut Product) {
    for variant in &product.variants {
        let Some(own) = &variant.picture else { continue };
        if let Some(picture) = product.pictures.iter_mut().find(|picture| picture.url == own.url) {
            picture.skus.push(variant.sku.clone());
        } else if product.pictures.len() < PICTURES_MAX {
            product.pictures.push(Picture { skus: vec![variant.sku.clone()], ..own.clone() });
        }
    }
    product.pictures.sort_by_key(|picture| picture.position);
    for (place, picture) in (0..).zip(&mut product.pictures) {
        picture.position = place;
    }
}

// Cells -------------------------------------------------------------------------------------------------------------

const MISSING: &str = "is missing";

/// Text for one line of a page: every space and line break in it is one space.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn at_most(row: &Cells, column: C, chars_max: usize, text: String) -> Result<String, RowError> {
    if text.chars().any(char::is_control) {
        return Err(row.wrong(column, "holds control characters"));
    }
    if text.chars().count() > chars_max {
        return Err(row.error(column, format!("is longer than {chars_max} characters")));
    }
    Ok(text)
}

/// A SKU or a barcode. Shopify writes an apostrophe before those that a spreadsheet would take for a number.
fn code(row: &Cells, column: C) -> Result<Option<String>, RowError> {
    let text = row.get(column).trim_start_matches('\'').trim();
    let text = at_most(row, column, CODE_CHARS_MAX, text.to_owned())?;
    Ok((!text.is_empty()).then_some(text))
}

fn amount(row: &Cells, column: C, currency: Currency) -> Result<Option<i64>, RowError> {
    let text = row.get(column);
    if text.is_empty() {
        return Ok(None);
    }
    let amount = Money::parse(text, currency).map_err(|error| row.wrong(column, error))?.amount;
    if (0..=PRICE_MAX).contains(&amount) {
        return Ok(Some(amount));
    }
    Err(row.wrong(column, format!("is not from 0 to {}", Money::new(PRICE_MAX, currency))))
}

/// Below zero stands what was sold beyond the stock there: of that nothing can be sold here.
fn quantity(row: &Cells) -> Result<i32, RowError> {
    if row.get(C::Quantity).parse().is_ok_and(|quantity: i32| quantity < 0) {
        return Ok(0);
    }
    Ok(whole_number(row, C::Quantity, QUANTITY_MAX)?.unwrap_or_default())
}

fn whole_number(row: &Cells, column: C, max: i32) -> Result<Option<i32>, RowError> {
    let text = row.get(column);
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(number) if (0..=max).contains(&number) => Ok(Some(number)),
        _ => Err(row.wrong(column, format!("is not a whole number from 0 to {max}"))),
    }
}

/// Older files have decimals here; a gram is exact enough.
fn grams(row: &Cells) -> Result<Option<i32>, RowError> {
    let text = row.get(C::Grams);
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_decimal = [whole, part].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    match whole.parse::<i32>() {
        Ok(grams) if is_decimal && grams <= GRAMS_MAX => Ok(Some(grams + i32::from(part.as_bytes()[0] >= b'5'))),
        _ => Err(row.wrong(C::Grams, format!("is not a weight from 0 to {GRAMS_MAX} grams"))),
    }
}

/// Shopify writes a zero where nothing is measured, and knows units that no price is compared by here: then it is none.
fn measure(row: &Cells) -> Option<String> {
    let (total, unit) = (row.get(C::Measure), row.get(C::MeasureUnit).to_ascii_lowercase());
    // As the database keeps it: a number, a space, a unit.
    let is_number = total.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let text = format!("{total} {unit}");
    (is_number && text.parse::<Measure>().is_ok()).then_some(text)
}

fn address(row: &Cells, column: C) -> Result<Option<Url>, RowError> {
    let text = row.get(column);
    if text.is_empty() {
        return Ok(None);
    }
    let text = at_most(row, column, ADDRESS_CHARS_MAX, text.to_owned())?;
    // Older files leave the scheme to the page that shows the picture.
    let text = if text.starts_with("//") { format!("https:{text}") } else { text };
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    url.map(Some).ok_or_else(|| row.wrong(column, "is not an http or https address"))
}

#[cfg(test)]
mod tests;
