use super::announce;
use super::raw_html::text_for_server;
use super::unbroken;
use crate::market;
use crate::routes;
use crate::ui::AtOnce as _;
use domain::language::Language;
use domain::market::Market;
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
pub fn PageHeading(
    #[prop(into)] text: String,
    #[prop(default = "page-title")] class: &'static str,
    /// What of the text stays on one line, such as an order's number.
    #[prop(optional, into)]
    whole: Option<String>,
) -> impl IntoView {
    let path = use_location().pathname;
    let spoken = text.clone();
    Effect::new(move |_| {
        let Some(HeadingShown(shown)) = use_context() else { return };
        let path = path.get_untracked();
        let before = shown.try_get_value().flatten();
        shown.set_value(Some(path.clone()));
        if before.is_some_and(|before| before != path) {
            focus_new_heading(spoken.clone(), FRAMES_MAX);
            announce(spoken.clone());
        }
    });
    let text = whole.map_or_else(|| text.clone().at_once(), |whole| unbroken(&text, &whole));
    view! { <h1 tabindex="-1" class=class>{text}</h1> }.at_once()
}

/// A page that has not come after this many frames (two seconds) keeps its focus where it is.
const FRAMES_MAX: u32 = 120;

/// Waits for the new page to stand where the old one stood, which may take a few frames, and gives its heading the focus.
fn focus_new_heading(text: String, frames_left: u32) {
    request_animation_frame(move || {
        let is_here = heading().is_some_and(|heading| heading.text_content().as_deref() == Some(text.as_str()));
        if is_here {
            focus_heading();
        } else if frames_left > 0 {
            focus_new_heading(text, frames_left - 1);
        }
    });
}

/// Gives the page's heading the focus, where what has it is about to go.
pub fn focus_heading() {
    if let Some(heading) = heading().and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // A heading that cannot take the focus leaves it where it was, which is harmless.
        let _ = heading.focus_with_options(&options);
    }
}

fn heading() -> Option<web_sys::Element> {
    document().query_selector("main h1").ok().flatten()
}

/// What the browser's tab, search engines and shared links say about the page.
#[component]
pub fn Head(
    #[prop(into)] title: String,
    #[prop(optional, into)] description: Option<String>,
    /// The one address of the page, as a path; empty for pages that belong into no index.
    #[prop(optional, into)]
    canonical: String,
    /// The address of a picture for shared links.
    #[prop(optional, into)]
    image: Option<String>,
) -> impl IntoView {
    let origin = public_origin();
    let language = market::current().language;
    // One address for each language: the other currency's page is the same page. A language that nobody is offered has none.
    let canonical = Some(canonical).filter(|path| !path.is_empty() && Language::OFFERED.contains(&language));
    let is_indexed = canonical.is_some();
    view! {
        <Title text=text_for_server(&title)/>
        <Meta property="og:title" content=title/>
        {description.map(|description| view! {
            <Meta name="description" content=description.clone()/>
            <Meta property="og:description" content=description/>
        })}
        {canonical.map(|path| {
            let address = whole_address(&path);
            view! {
                <Link rel="canonical" href=address.clone()/>
                {alternates(&origin, &path)}
                <Meta property="og:url" content=address/>
            }
        })}
        {image.map(|path| view! { <Meta property="og:image" content=format!("{origin}{path}")/> })}
        {(!is_indexed).then(|| view! { <Meta name="robots" content="noindex"/> })}
    }
    .at_once()
}

/// The same page in each language, in the currency that is usual with it.
fn alternates(origin: &str, link: &str) -> impl IntoView + use<> {
    let path = routes::path_of(link);
    let links = Language::OFFERED.map(|language| {
        let address = format!("{origin}{}{path}", Market::of(language).prefix());
        view! { <Link rel="alternate" hreflang=language.tag() href=address/> }.at_once()
    });
    links.into_iter().collect_view()
}

/// Scheme and host of the shop, for the few places that need whole addresses.
#[derive(Clone, Debug)]
pub(crate) struct PublicOrigin(pub(crate) String);

/// The one address of a page in its language, whatever the currency: what search engines are told.
pub(crate) fn whole_address(path: &str) -> String {
    format!("{}{}{}", public_origin(), Market::of(market::current().language).prefix(), routes::path_of(path))
}

/// The whole address of a file of the shop, which is the same in every language.
pub(crate) fn whole_file_address(path: &str) -> String {
    format!("{}{path}", public_origin())
}

fn public_origin() -> String {
    match use_context::<PublicOrigin>() {
        Some(PublicOrigin(origin)) => origin,
        None if cfg!(feature = "ssr") => String::new(),
        None => window().location().origin().unwrap_or_default(),
    }
}
