use js_sys::Promise;
use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;

/// Waits in the browser.
pub(crate) async fn pause(milliseconds: i32) {
    let waiting = Promise::new(&mut |resolve, _| {
        // Only a page that is being closed has no timers, and there nobody waits.
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    _ = JsFuture::from(waiting).await;
}
