use super::Tone;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A word about the thing it stands on: "Sold out", "Sale", an order's state.
#[component]
pub fn Badge(#[prop(default = Tone::Plain)] tone: Tone, #[prop(into)] text: TextProp) -> impl IntoView {
    let class = match tone {
        Tone::Plain => "badge",
        Tone::Good => "badge badge-good",
        Tone::Warning => "badge badge-warning",
        Tone::Bad => "badge badge-bad",
    };
    view! { <span class=class>{move || text.get()}</span> }.at_once()
}
