//! Boots the browser part: takes over the page that the server has sent.

use leptos::mount::hydrate_from_async;
use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Called by the page's own script, once.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    spawn_local(take_over());
}

async fn take_over() {
    // Both are there: a script of this document runs in its body.
    let (Some(root), Some(body)) = (document().document_element(), document().body()) else { return };
    hydrate_from_async(body, app::App).await.forget();
    // The page's code has arrived too: from now on buttons and forms answer. Setting an attribute of this name cannot fail.
    let _ = root.set_attribute("data-hydrated", "");
}
