use super::SignOutButton;
use crate::error::AppError;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, ErrorView, Head, PageHeading, button_class};
use leptos::prelude::*;

/// A part of the marketplace that is not open to the signed-in person: whom it is for, and the ways on. Other errors look
/// as everywhere.
#[component]
pub fn ClosedArea(
    error: AppError<()>,
    title: &'static str,
    /// Whom it is open to, and why this person is not among them.
    text: &'static str,
) -> impl IntoView {
    if error != AppError::Forbidden {
        return view! { <ErrorView error/> }.at_once();
    }
    view! {
        <Head title=title/>
        <section class="page-narrow py-16 text-center" data-testid="closed-area">
            <PageHeading text=title/>
            <p class="mx-auto mt-4 max-w-prose text-lg text-soft">{text}</p>
            <div class="mt-8 flex flex-wrap justify-center gap-3">
                <a href=routes::to(routes::HOME) class=button_class(ButtonKind::Primary)>{t::accounts::to_front_page()}</a>
                <SignOutButton/>
            </div>
        </section>
    }
    .at_once()
}
