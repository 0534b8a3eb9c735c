use super::{ButtonKind, Head, PageHeading, button_class};
use crate::error::AppError;
use crate::routes;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A page that could not be made: says what is known, shows the reference of a fault of ours, and offers a way on.
#[component]
pub fn ErrorView(error: AppError<()>) -> impl IntoView {
    let (title, text) = match &error {
        AppError::NotFound => ("Not here", "This page has moved, sold its last piece, or never was."),
        AppError::Unauthorized => ("Please sign in", "This page is kept for its owner."),
        AppError::Forbidden => ("Not open to you", "Your account has no part in this."),
        AppError::Refused(()) | AppError::Invalid => ("That did not work", "Something in the address is not as it should be."),
        AppError::Internal { .. } => {
            ("Our mistake", "Something broke on our side. Nothing was charged and your cart is safe. Try again in a moment.")
        }
        AppError::Unreachable => ("No connection", "The shop cannot be reached. Check your connection, then try again."),
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
                    "Reference " <code class="tabular rounded bg-sunken px-1.5 py-0.5 text-ink" data-testid="error-reference">{reference}</code>
                </p>
            })}
            <p class="mt-8 flex flex-wrap justify-center gap-3">
                <a href=routes::HOME class=button_class(ButtonKind::Primary)>"To the front page"</a>
                <a href=routes::SEARCH class=button_class(ButtonKind::Secondary)>"Browse everything"</a>
            </p>
        </section>
    }
    .at_once()
}
