//! Looking around: the front page, lists of products by category, question or seller, and the page of one product. These
//! pages are the same for everyone, so they can be kept and shown again.

mod api;
mod applied_filters;
mod buy_box;
mod category_page;
mod filters;
mod gallery;
mod hero;
mod home_page;
mod listing_address;
mod listing_results;
mod maker;
mod page_address;
mod product_card;
mod product_page;
mod search_page;
mod seller_page;
mod structured_data;
mod variant_picker;

pub(crate) use api::departments;
pub use category_page::CategoryPage;
pub use home_page::HomePage;
pub use product_page::ProductPage;
pub use search_page::SearchPage;
pub use seller_page::SellerPage;
