use crate::ui::AtOnce as _;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

/// A form that asks and changes nothing: its fields become the address's query. Works as plain HTML; where our script runs
/// the page changes without a reload, and fields left empty stay out of the address.
#[component]
pub fn GetForm(
    #[prop(into)] action: String,
    #[prop(optional)] id: Option<&'static str>,
    #[prop(default = "")] class: &'static str,
    /// Submits at every change of a field.
    #[prop(optional)]
    at_once: bool,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let path = action.clone();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        if let Some(query) = form.and_then(|form| query_of(&form)) {
            event.prevent_default();
            let address = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
            navigate(&address, NavigateOptions { scroll: !at_once, resolve: false, ..Default::default() });
        }
    };
    let on_change = move |event: leptos::ev::Event| {
        let field = event.target().filter(|_| at_once);
        let form = field.and_then(|field| field.dyn_into::<web_sys::Element>().ok()).and_then(|field| field.closest("form").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            // Refused only when the fields do not validate: the browser shows that itself.
            let _ = form.request_submit();
        }
    };
    view! {
        <form action=action method="get" id=id class=class on:submit=on_submit on:change=on_change>
            {children()}
        </form>
    }
    .at_once()
}

/// The filled fields of a form, encoded.
fn query_of(form: &web_sys::HtmlFormElement) -> Option<String> {
    let fields = web_sys::FormData::new_with_form(form).ok()?;
    let query = web_sys::UrlSearchParams::new().ok()?;
    for entry in js_sys::try_iter(&fields).ok()?? {
        let entry: js_sys::Array = entry.ok()?.dyn_into().ok()?;
        if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string())
            && !value.trim().is_empty()
        {
            query.append(&name, value.trim());
        }
    }
    query.to_string().as_string()
}
