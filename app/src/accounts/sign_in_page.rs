use super::api::{self, AccountForm};
use super::password_field::PasswordField;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind, Field, FlashNotice, Head, PageHeading, TroubleNotice};
use domain::email::EMAIL_LENGTH_MAX;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

pub(crate) fn sign_in_page() -> AnyView {
    let next = next_of_query();
    page_data(next, api::load_account_form).show(
        || ().at_once(),
        move |form| {
            let next = untrack(next);
            view! { <SignIn form next/> }.at_once()
        },
    )
}

/// Where to go afterwards; empty: to the account.
pub(super) fn next_of_query() -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let query = use_query_map();
    move || query.read().get("next").unwrap_or_default()
}

/// A plain form also with script: after it the whole page is somebody else's, so it is loaded anew.
#[component]
fn SignIn(form: AccountForm, next: String) -> impl IntoView {
    let register = routes::with_next(&routes::to(routes::REGISTER), &next);
    let email_error = form.trouble.as_ref().and_then(|trouble| trouble.field("email"));
    view! {
        <Head title=t::accounts::sign_in()/>
        <div class="page-narrow py-12">
            <PageHeading text=t::accounts::sign_in()/>
            <div class="mt-6 space-y-6">
                <FlashNotice flash=form.flash/>
                <TroubleNotice trouble=Signal::stored(form.trouble)/>
                <form method="post" action=routes::to(api::SignIn::PATH) novalidate=true class="space-y-5">
                    <input type="hidden" name="next" value=next/>
                    <Field
                        label=t::accounts::email()
                        name="email"
                        r#type="email"
                        value=form.email
                        autocomplete="username"
                        inputmode="email"
                        required=true
                        maxlength=EMAIL_LENGTH_MAX as u32
                        error=Signal::stored(email_error)
                    />
                    <PasswordField/>
                    <Button kind=ButtonKind::Primary wide=true>{t::accounts::sign_in()}</Button>
                </form>
                <p class="text-soft">{t::accounts::new_here()} " " <a href=register class="link">{t::accounts::to_register()}</a></p>
            </div>
        </div>
    }
}
