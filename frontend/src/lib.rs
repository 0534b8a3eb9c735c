//! Boots the browser part: takes over the page that the server has sent.

use leptos::mount::hydrate_from_async;
use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Nothing uses it, and no visitor loads it: room in the constants for the padding that dividing them between the parts
/// adds. Where they outgrow their section, wasm-split puts the constants of every page, 30 KB of brotli, into the part
/// that everyone loads (`wasm_split_cli_support` 0.2.3, "Overlong segment").
#[used]
static ROOM_FOR_PADDING: [u8; 16_384] = [0; 16_384];

/// Called by the page's own script, once, with the shop's texts in the page's language.
#[wasm_bindgen]
pub fn hydrate(texts: String) {
    console_error_panic_hook::set_once();
    app::t::receive(texts);
    app::market::enter();
    spawn_local(take_over());
}

async fn take_over() {
    // Both are there: a script of this document runs in its body.
    let (Some(root), Some(body)) = (document().document_element(), document().body()) else { return };
    hydrate_from_async(body, app::App).await.forget();
    // The page's code has arrived too: from now on buttons and forms answer. Setting an attribute of this name cannot fail.
    let _ = root.set_attribute("data-hydrated", "");
}
