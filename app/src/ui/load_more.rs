use super::{ButtonKind, button_class};
use crate::t;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// The way to the next rows of a long list: a link that works alone, and that a page may answer in place.
#[component]
pub fn LoadMore(
    #[prop(into)] path: String,
    /// What is said of the length of the list.
    count: String,
    /// How much of `total` stands above, where that is known.
    shown: Option<u32>,
    total: u32,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <nav aria-label=t::common::more_results() class="mt-12 flex flex-col items-center gap-3">
            <p class="tabular text-sm text-soft">{count}</p>
            <progress
                class=if shown.is_some() { "progress" } else { "hidden" }
                max=total
                value=shown.unwrap_or_default()
                aria-hidden="true"
            ></progress>
            <a
                href=path
                rel="next"
                class=button_class(ButtonKind::Secondary)
                aria-busy=move || busy.get().then_some("true")
                data-testid="listing-more"
            >
                {t::common::show_more()}
            </a>
        </nav>
    }
    .at_once()
}
