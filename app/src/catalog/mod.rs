//! Looking around: the front page, lists of products by category, question or seller, and the page of one product. These
//! pages are the same for everyone, so they can be kept and shown again.

mod api;
mod applied_filters;
mod buy_box;
mod delivery;
mod facets;
mod filters;
mod gallery;
mod hero;
mod home_page;
mod listing_address;
mod listing_page;
mod listing_results;
mod maker;
mod option_name;
mod page_address;
mod product_card;
mod product_page;
mod reviews;
mod structured_data;
mod variant_picker;

pub(crate) use api::departments;
pub(crate) use home_page::home_page;
pub(crate) use listing_page::{category_page, search_page, seller_page};
pub(crate) use product_page::product_page;
