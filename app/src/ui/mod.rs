//! Parts that know no feature: what a page is put together from. Most of the look lives here; its values stand in
//! `style/tokens.css`.

mod announcer;
mod at_once;
mod badge;
mod breadcrumbs;
mod button;
mod dialog;
mod empty_state;
mod error_view;
mod field;
mod get_form;
mod icon;
mod link;
mod load_more;
mod notice;
mod page_heading;
mod pause;
mod picture;
mod price;
mod raw_html;
mod refocus;
mod safe_textarea;
mod select;
mod skeleton;
mod stars;
mod trouble;
mod unbroken;

pub use announcer::{Announcer, announce};
pub use at_once::AtOnce;
pub use badge::Badge;
pub use breadcrumbs::{Breadcrumbs, Crumb};
pub use button::{Button, ButtonKind, button_class};
pub use dialog::Dialog;
pub use empty_state::EmptyState;
pub use error_view::ErrorView;
pub use field::Field;
pub use get_form::GetForm;
pub use icon::Icon;
pub use link::link_of;
pub use load_more::LoadMore;
pub use notice::{Flash, FlashNotice, Notice, Tone};
#[cfg(feature = "ssr")]
pub(crate) use page_heading::PublicOrigin;
pub use page_heading::{Head, PageHeading, focus_heading};
pub(crate) use page_heading::{provide_heading, whole_address, whole_file_address};
pub(crate) use pause::pause;
pub use picture::Picture;
pub use price::Price;
pub use raw_html::{JsonLd, SanitisedHtml, json_for_script};
pub use refocus::{refocus, refocus_on};
pub use safe_textarea::SafeTextarea;
pub use select::Select;
pub use skeleton::{CardGridSkeleton, Skeleton};
pub use stars::Stars;
pub use trouble::{Trouble, TroubleNotice};
pub use unbroken::{quoting, unbroken};
