use leptos::prelude::*;

/// The one live region of the shop: what it says is read out by screen readers, once, when they have a moment.
#[derive(Clone, Copy, Debug)]
struct Announcement(RwSignal<String>);

/// Reads `text` out: what changed although the focus stayed where it was.
pub fn announce(text: impl Into<String>) {
    if let Some(Announcement(said)) = use_context() {
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
    provide_context(Announcement(said));
    view! {
        {children()}
        <div role="status" aria-live="polite" class="sr-only" data-testid="announcer">
            {move || said.get()}
        </div>
    }
}
