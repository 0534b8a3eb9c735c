use super::api::{self, AccountForm};
use super::password_field::PasswordField;
use super::sign_in_page::next_of_query;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind, Field, FlashNotice, Head, PageHeading, TroubleNotice};
use domain::accounts::PASSWORD_LENGTH_MIN;
use domain::email::EMAIL_LENGTH_MAX;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Longer names are refused by the use case.
pub(super) const NAME_LENGTH_MAX: u32 = 100;

pub(crate) fn register_page() -> AnyView {
    let next = next_of_query();
    page_data(next, api::load_account_form).show(
        || ().at_once(),
        move |form| {
            let next = untrack(next);
            view! { <Register form next/> }.at_once()
        },
    )
}

#[component]
fn Register(form: AccountForm, next: String) -> impl IntoView {
    let sign_in = routes::with_next(&routes::to(routes::SIGN_IN), &next);
    view! {
        <Head title=t::accounts::register_title()/>
        <div class="page-narrow py-12">
            <PageHeading text=t::accounts::register_title()/>
            <p class="mt-2 text-soft">{t::accounts::register_text()}</p>
            <div class="mt-6 space-y-6">
                <FlashNotice flash=form.flash.clone()/>
                <TroubleNotice trouble=Signal::stored(form.trouble.clone())/>
                <RegisterForm form next/>
                <p class="text-soft">{t::accounts::have_account()} " " <a href=sign_in class="link">{t::accounts::to_sign_in()}</a></p>
            </div>
        </div>
    }
}

/// The fields of a new account, with what is known already.
#[component]
pub fn RegisterForm(form: AccountForm, next: String) -> impl IntoView {
    let error = |name: &str| Signal::stored(form.trouble.as_ref().and_then(|trouble| trouble.field(name)));
    let password_error = form.trouble.as_ref().and_then(|trouble| trouble.field("password"));
    let (name_error, email_error) = (error("name"), error("email"));
    view! {
        <form method="post" action=routes::to(api::Register::PATH) novalidate=true class="space-y-5">
            <input type="hidden" name="next" value=next/>
            <Field
                label=t::accounts::name()
                name="name"
                value=form.name
                autocomplete="name"
                required=true
                maxlength=NAME_LENGTH_MAX
                error=name_error
            />
            <Field
                label=t::accounts::email()
                name="email"
                r#type="email"
                value=form.email
                autocomplete="username"
                inputmode="email"
                required=true
                maxlength=EMAIL_LENGTH_MAX as u32
                error=email_error
            />
            <PasswordField is_new=true hint=t::accounts::password_hint(&PASSWORD_LENGTH_MIN.to_string()) error=password_error/>
            // As at the checkout: what is said of the password as it is left must not move the button away from a press.
            <div on:mousedown=move |event| event.prevent_default()>
                <Button kind=ButtonKind::Primary wide=true>{t::accounts::register()}</Button>
            </div>
        </form>
    }
}
