use super::api::{self, VerificationView};
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind, Head, PageHeading, button_class};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// Where the mailed link leads. Opening it changes nothing, for programs open links too: the button does.
pub(crate) fn verify_page() -> AnyView {
    let query = use_query_map();
    let token = move || query.read().get("token").unwrap_or_default();
    page_data(token, api::load_verification).show(
        || ().at_once(),
        move |view| {
            let token = untrack(token);
            view! { <Verify view token/> }.at_once()
        },
    )
}

#[component]
fn Verify(view: VerificationView, token: String) -> impl IntoView {
    let deed = match view.is_verified {
        true => view! {
            <p class="text-soft">{t::accounts::verified_already(&view.email)}</p>
            <a href=routes::to(routes::ACCOUNT) class=button_class(ButtonKind::Secondary)>{t::accounts::title()}</a>
        }
        .at_once(),
        false => view! {
            <p class="text-soft">{t::accounts::verify_text(&view.email)}</p>
            <form method="post" action=routes::to(api::VerifyEmail::PATH)>
                <input type="hidden" name="token" value=token/>
                <Button kind=ButtonKind::Primary>{t::accounts::verify()}</Button>
            </form>
        }
        .at_once(),
    };
    let title = if view.is_verified { t::accounts::is_verified_title() } else { t::accounts::verify_title() };
    view! {
        <Head title/>
        <div class="page-narrow space-y-6 py-12">
            <PageHeading text=title/>
            {deed}
        </div>
    }
}
