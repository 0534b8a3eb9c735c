use super::announce;
use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

/// The path whose heading was last shown: only a new path moves the focus, a new filter on the same page does not.
#[derive(Clone, Copy, Debug)]
struct HeadingShown(StoredValue<Option<String>>);

pub(crate) fn provide_heading() {
    provide_context(HeadingShown(StoredValue::new(None)));
}

/// The page's one `h1`. After a navigation inside the shop it takes the focus and is read out, as a page load would.
#[component]
pub fn PageHeading(#[prop(into)] text: String, #[prop(default = "page-title")] class: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let spoken = text.clone();
    Effect::new(move |_| {
        let Some(HeadingShown(shown)) = use_context() else { return };
        let path = path.get_untracked();
        let before = shown.try_get_value().flatten();
        shown.set_value(Some(path.clone()));
        if before.is_some_and(|before| before != path) {
            let spoken = spoken.clone();
            // One frame later: the new page replaces the old one after its parts were made.
            request_animation_frame(move || focus_heading());
            announce(spoken);
        }
    });
    view! { <h1 tabindex="-1" class=class>{text}</h1> }
}

fn focus_heading() {
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A heading that cannot take the focus leaves it where it was, which is harmless.
        let _ = heading.focus();
    }
}

/// What the browser's tab, search engines and shared links say about the page.
#[component]
pub fn Head(
    #[prop(into)] title: String,
    #[prop(optional, into)] description: Option<String>,
    /// The one address of the page, as a path; none for pages that belong into no index.
    #[prop(optional, into)]
    canonical: Option<String>,
    /// The address of a picture for shared links.
    #[prop(optional, into)]
    image: Option<String>,
) -> impl IntoView {
    let origin = public_origin();
    let is_indexed = canonical.is_some();
    view! {
        <Title text=title.clone()/>
        <Meta property="og:title" content=title/>
        {description.map(|description| view! {
            <Meta name="description" content=description.clone()/>
            <Meta property="og:description" content=description/>
        })}
        {canonical.map(|path| {

            let address = format!("{origin}{path}");
            view! {
                <Link rel="canonical" href=address.clone()/>
                <Meta property="og:url" content=address/>
            }
        })}
        {image.map(|path| view! { <Meta property="og:image" content=format!("{origin}{path}")/> })}
        {(!is_indexed).then(|| view! { <Meta name="robots" content="noindex"/> })}
    }
}

/// Scheme and host of the shop, for the few places that need whole addresses.
#[derive(Clone, Debug)]
pub(crate) struct PublicOrigin(pub(crate) String);

fn public_origin() -> String {
    match use_context::<PublicOrigin>() {
        Some(PublicOrigin(origin)) => origin,
        None if cfg!(feature = "ssr") => String::new(),
        None => window().location().origin().unwrap_or_default(),
    }
}
