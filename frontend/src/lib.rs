//! Boots the browser part: takes over the page that the server has sent.

use leptos::prelude::document;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's own script, once.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    start();
}

fn start() {
    leptos::mount::hydrate_lazy(app::App);
    // Queued behind the take-over: when this runs, buttons and forms answer.
    spawn_local(async {
        if let Some(root) = document().document_element() {
            // Setting an attribute of this name cannot fail.
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}
