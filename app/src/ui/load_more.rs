use super::{ButtonKind, button_class};
use crate::t;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// The way to the next rows of a long list: a link that works alone, and that a page may answer in place.
#[component]
pub fn LoadMore(
    #[prop(into)] path: String,
    /// How many rows are in view of how many; none where rows before them are on another page.
    shown: Option<(u32, u32)>,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <nav aria-label=t::common::more_results() class="mt-12 flex flex-col items-center gap-3">
            {shown.map(|(shown, total)| view! {
                <p class="tabular text-sm text-soft">{t::common::shown_of(&shown.to_string(), &total.to_string())}</p>
                <progress class="progress" max=total value=shown aria-hidden="true"></progress>
            })}
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
