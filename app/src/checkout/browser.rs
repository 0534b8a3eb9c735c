use js_sys::Promise;
use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;

/// Waits in the browser.
pub(super) async fn pause(milliseconds: i32) {
    let waiting = Promise::new(&mut |resolve, _| {
        // Only a page that is being closed has no timers, and there nobody waits.
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    _ = JsFuture::from(waiting).await;
}

/// Opens a page of the shop as a new document, in place of this one: the pay page may use the gateway's script, which the
/// policy of the document shown now need not allow.
pub(super) fn open_page(path: &str) {
    // Fails only where the browser forbids a page to leave itself; the button can be pressed again then.
    _ = window().location().replace(path);
}
