use crate::t;
use crate::ui::AtOnce as _;
use domain::catalog::Rating;
use leptos::prelude::*;

/// A rating as five drawn stars, filled as far as it goes, and in words for those who hear it.
#[component]
pub fn Stars(rating: Rating, #[prop(default = "")] class: &'static str) -> impl IntoView {
    let label = t::common::stars(&t::rating(rating));
    // An inner drawing cuts off what lies outside of it: each star is twenty wide.
    let filled = rating.tenths() * 2;
    view! {
        <svg class=format!("stars {class}") role="img" aria-label=label viewBox="0 0 100 20" width="100" height="20">
            <use href="/icons.svg#stars" class="stars-empty" width="100" height="20"></use>
            <svg width=filled height="20">
                <use href="/icons.svg#stars" width="100" height="20"></use>
            </svg>
        </svg>
    }
    .at_once()
}
