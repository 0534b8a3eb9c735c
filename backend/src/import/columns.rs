//! The columns of Shopify's product file. Their order is free, all but two may be missing, and those not named here are of
//! no use to the marketplace: prices per country, taxes, search engines' fields, the shop's own.

use super::RowError;
use csv::StringRecord;
use std::sync::Arc;

/// What is read of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Handle,
    Title,
    Body,
    Category,
    Type,
    Published,
    Status,
    GiftCard,
    Option1Name,
    Option1Value,
    Option2Name,
    Option2Value,
    Option3Name,
    Option3Value,
    Option4Name,
    Sku,
    Grams,
    Quantity,
    Price,
    CompareAt,
    Barcode,
    Measure,
    MeasureUnit,
    Picture,
    PicturePosition,
    PictureAlt,
    VariantPicture,
}

use Column as C;

/// Each column with the names it bears: the one of the files that Shopify exports, then those of its newer template and of
/// older files.
const COLUMNS: [(Column, &[&str]); 27] = [
    (C::Handle, &["Handle", "URL handle"]),
    (C::Title, &["Title"]),
    (C::Body, &["Body (HTML)", "Body HTML", "Description"]),
    (C::Category, &["Product Category", "Standard Product Type", "Standardized Product Type"]),
    (C::Type, &["Type", "Custom Product Type"]),
    (C::Published, &["Published", "Published on online store"]),
    (C::Status, &["Status"]),
    (C::GiftCard, &["Gift Card"]),
    (C::Option1Name, &["Option1 Name"]),
    (C::Option1Value, &["Option1 Value"]),
    (C::Option2Name, &["Option2 Name"]),
    (C::Option2Value, &["Option2 Value"]),
    (C::Option3Name, &["Option3 Name"]),
    (C::Option3Value, &["Option3 Value"]),
    (C::Option4Name, &["Option4 Name"]),
    (C::Sku, &["Variant SKU", "SKU"]),
    (C::Grams, &["Variant Grams", "Weight value (grams)"]),
    (C::Quantity, &["Variant Inventory Qty", "Inventory quantity"]),
    (C::Price, &["Variant Price", "Price"]),
    (C::CompareAt, &["Variant Compare At Price", "Compare-at price"]),
    (C::Barcode, &["Variant Barcode", "Barcode"]),
    (C::Measure, &["Unit Price Total Measure"]),
    (C::MeasureUnit, &["Unit Price Total Measure Unit"]),
    (C::Picture, &["Image Src", "Product image URL"]),
    (C::PicturePosition, &["Image Position"]),
    (C::PictureAlt, &["Image Alt Text"]),
    (C::VariantPicture, &["Variant Image", "Variant image URL"]),
];

/// Without these no product can be told from another.
const REQUIRED: [Column; 2] = [C::Handle, C::Title];

/// What a file is told whose header is none: the other ways to save a table are the usual reason.
pub(super) const NOT_SHOPIFYS: &str = "this is not Shopify's product file (with commas, in UTF-8)";

/// Where each column stands in this file, and under which name.
#[derive(Debug)]
pub(super) struct Columns([(Option<usize>, &'static str); COLUMNS.len()]);

impl Columns {
    /// # Errors
    /// A column that is needed and missing, or that stands there twice.
    pub(super) fn find(header: &StringRecord) -> anyhow::Result<Self> {
        let mut columns = Self(COLUMNS.map(|(_, names)| (None, names[0])));
        for (column, names) in COLUMNS {
            for name in names {
                let mut places = header.iter().enumerate().filter(|(_, cell)| cell.trim().eq_ignore_ascii_case(name));
                let Some((place, _)) = places.next() else { continue };
                anyhow::ensure!(places.next().is_none(), "the header names the column `{name}` twice");
                columns.0[column as usize] = (Some(place), name);
                break;
            }
        }
        let missing: Vec<&str> = REQUIRED.into_iter().filter(|column| !columns.has(*column)).map(|column| columns.name(column)).collect();
        anyhow::ensure!(missing.is_empty(), "{NOT_SHOPIFYS}: its first line has no column `{}`", missing.join("`, `"));
        Ok(columns)
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.0[column as usize].0.is_some()
    }

    /// As the file calls it.
    pub(super) fn name(&self, column: Column) -> &'static str {
        self.0[column as usize].1
    }
}

/// One row with the names of its cells.
pub(super) struct Cells {
    pub(super) columns: Arc<Columns>,
    pub(super) line: u64,
    pub(super) record: StringRecord,
}

impl Cells {
    /// A cell without the space around it; empty as well where the file has no such column.
    pub(super) fn get(&self, column: Column) -> &str {
        self.columns.0[column as usize].0.and_then(|place| self.record.get(place)).unwrap_or_default().trim()
    }

    /// What is wrong with a cell.
    pub(super) fn error(&self, column: Column, reason: impl Into<String>) -> RowError {
        RowError { line: self.line, column: Some(self.columns.name(column)), reason: reason.into() }
    }

    /// What is wrong with a cell, after what stands in it.
    pub(super) fn wrong(&self, column: Column, reason: impl std::fmt::Display) -> RowError {
        self.error(column, format!("{} {reason}", super::quoted(self.get(column))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(names: &[&str]) -> anyhow::Result<Columns> {
        Columns::find(&StringRecord::from(names.to_vec()))
    }

    #[test]
    fn each_column_stands_at_its_own_place_in_the_list() {
        assert!(COLUMNS.iter().enumerate().all(|(place, (column, _))| *column as usize == place));
    }

    #[test]
    fn names_are_found_in_any_order_and_both_spellings() {
        let columns = find(&["Price", "Included / United States", " title", "URL HANDLE"]).unwrap();
        assert_eq!(columns.0[C::Price as usize], (Some(0), "Price"));
        assert_eq!((columns.0[C::Title as usize].0, columns.0[C::Handle as usize].0), (Some(2), Some(3)));
        assert!(!columns.has(C::Sku));
        let both = find(&["Price", "Variant Price", "Handle", "Title"]).unwrap();
        assert_eq!(both.name(C::Price), "Variant Price");
    }

    #[test]
    fn what_is_missing_or_there_twice_is_named() {
        let error = |names: &[&str]| find(names).unwrap_err().to_string();
        assert!(error(&["Variant Price"]).ends_with("no column `Handle`, `Title`"));
        assert!(error(&["Handle;Title"]).contains("with commas"));
        assert!(error(&["Handle", "Title", "SKU", "sku"]).contains("`SKU` twice"));
    }
}
