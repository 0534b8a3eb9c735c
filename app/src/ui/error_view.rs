use super::{ButtonKind, Head, PageHeading, button_class};
use crate::error::AppError;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A page that could not be made: says what is known, shows the reference of a fault of ours, and offers a way on.
#[component]
pub fn ErrorView(error: AppError<()>) -> impl IntoView {
    let (title, text) = match &error {
        AppError::NotFound => (t::common::not_found_title(), t::common::not_found_text()),
        AppError::Unauthorized => (t::common::unauthorized_title(), t::common::unauthorized_text()),
        AppError::Forbidden => (t::common::forbidden_title(), t::common::forbidden_text()),
        AppError::Refused(()) | AppError::Invalid => (t::common::invalid_title(), t::common::invalid_text()),
        AppError::Internal { .. } => (t::common::internal_title(), t::common::internal_text()),
        AppError::Unreachable => (t::common::unreachable_title(), t::common::unreachable_text()),
    };
    let reference = match error {
        AppError::Internal { reference } => Some(reference),
        _ => None,
    };
    view! {
        <Head title=title/>
        <section class="page-narrow py-16 text-center sm:py-24" data-testid="error-page">
            <PageHeading text=title/>
            <p class="mx-auto mt-4 max-w-prose text-lg text-soft">{text}</p>
            {reference.map(|reference| view! {
                <p class="mt-4 text-sm text-soft">
                    {t::common::reference()}
                    <code class="tabular rounded bg-sunken px-1.5 py-0.5 text-ink" data-testid="error-reference">{reference}</code>
                </p>
            })}
            <p class="mt-8 flex flex-wrap justify-center gap-3">
                <a href=routes::to(routes::HOME) class=button_class(ButtonKind::Primary)>{t::common::to_front_page()}</a>
                <a href=routes::to(routes::SEARCH) class=button_class(ButtonKind::Secondary)>{t::common::browse_everything()}</a>
            </p>
        </section>
    }
    .at_once()
}
