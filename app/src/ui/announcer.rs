use leptos::prelude::*;
use std::sync::OnceLock;

/// What the live region says, in the browser. No context: the answers of the shop arrive outside of all components, where
/// there is none.
static SAID: OnceLock<RwSignal<String>> = OnceLock::new();

/// Reads `text` out: what changed although the focus stayed where it was.
pub fn announce(text: impl Into<String>) {
    if let Some(said) = SAID.get() {
        let mut text = text.into();
        // The same words twice are no change and would stay silent; a no-break space makes them one.
        if said.with_untracked(|before| *before == text) {
            text.push('\u{a0}');
        }
        said.set(text);
    }
}

/// Stands once in the page and outlives navigation. Taken over step by step, as the routes inside it are loaded lazily.
#[component]
pub fn Announcer(children: Children) -> impl IntoView {
    let said = RwSignal::new(String::new());
    if !cfg!(feature = "ssr") {
        // One page, one region: it is set once.
        _ = SAID.set(said);
    }
    view! {
        {children()}
        <div role="status" aria-live="polite" class="sr-only" data-testid="announcer">
            {move || said.get()}
        </div>
    }
}

/// The same inside a modal dialog: while it is open, nothing outside of it is heard.
#[component]
pub(super) fn DialogAnnouncer() -> impl IntoView {
    let said = move || SAID.get().map(|said| said.get()).unwrap_or_default();
    view! { <div role="status" class="sr-only" data-testid="dialog-announcer">{said}</div> }
}
