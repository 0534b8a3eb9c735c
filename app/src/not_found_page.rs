use crate::error::AppError;
use crate::ui::ErrorView;
use leptos::prelude::*;

/// An address that leads nowhere.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::context::answer_with_status(404);
    view! { <ErrorView error=AppError::NotFound/> }
}
