use super::address_api::{AddressForm, SaveAddress, load_address_form};
use crate::address_fields::{AddressFields, address_errors, country_default, read_address};
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind, Head, PageHeading, Trouble, TroubleNotice, button_class};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// A new address of the account, or one to be changed.
pub(crate) fn address_page() -> AnyView {
    let query = use_query_map();
    let id = move || query.read().get("id").unwrap_or_default();
    page_data(id, |id| load_address_form(id.parse().ok())).show(|| ().at_once(), |form| view! { <AddressEditor form/> }.at_once())
}

/// A plain form; script follows the country and looks for what is missing before it is sent.
#[component]
fn AddressEditor(form: AddressForm) -> impl IntoView {
    let AddressForm { id, address, trouble } = form;
    let title = if id.is_some() { t::accounts::change_address_title() } else { t::accounts::add_address() };
    let country = if address.country.is_empty() { country_default().to_owned() } else { address.country.clone() };
    let (country, fields) = (RwSignal::new(country), NodeRef::<html::Form>::new());
    let errors = RwSignal::new(trouble.as_ref().map(|trouble| trouble.fields.clone()).unwrap_or_default());
    let trouble = RwSignal::new(trouble);
    let error_of = Callback::new(move |name: &'static str| {
        errors.with(|errors| errors.iter().find(|error| error.field == name).map(|error| error.message.clone()))
    });
    let typed = move || read_address(&fields.get_untracked()?);
    let follow = move || {
        let Some(typed) = typed() else { return };
        let wrong = address_errors(&typed);
        errors.update(|errors| errors.retain(|error| wrong.contains(error)));
        if typed.country != country.get_untracked() {
            country.set(typed.country);
        }
    };
    let submitted = move |event: SubmitEvent| {
        let wrong = typed().map(|typed| address_errors(&typed)).unwrap_or_default();
        if !wrong.is_empty() {
            event.prevent_default();
            errors.set(wrong.clone());
            trouble.set(Some(Trouble::of_fields(wrong)));
        }
    };
    // Something may have been filled in before the script ran.
    Effect::new(move |_| follow());
    view! {
        <Head title/>
        <div class="page-narrow py-12">
            <PageHeading text=title/>
            <div class="mt-6 space-y-6">
                <TroubleNotice trouble/>
                <form
                    node_ref=fields
                    method="post"
                    action=routes::to(SaveAddress::PATH)
                    novalidate=true
                    class="space-y-5"
                    on:change=move |_| follow()
                    on:submit=submitted
                >
                    {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string()/> })}
                    <AddressFields address chosen=country error_of/>
                    <div class="flex flex-wrap gap-3">
                        <Button kind=ButtonKind::Primary>{t::accounts::save_address()}</Button>
                        <a href=routes::to(routes::ACCOUNT) class=button_class(ButtonKind::Quiet)>{t::accounts::leave_address()}</a>
                    </div>
                </form>
            </div>
        </div>
    }
}
