use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A drawing of the sprite `public/icons.svg`. Always decoration: what it means stands beside it as text or label.
#[component]
pub fn Icon(name: &'static str, #[prop(default = "size-5")] class: &'static str) -> impl IntoView {
    view! {
        <svg class=class aria-hidden="true" focusable="false" width="20" height="20">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
    .at_once()
}
