use leptos::prelude::window;

/// Opens a page of the shop as a new document: the pay page may use the gateway's script, which the policy of the document
/// shown now need not allow. Back leads here again.
pub(super) fn open_page(path: &str) {
    // Fails only where the browser forbids a page to leave itself; the button can be pressed again then.
    _ = window().location().assign(path);
}

/// As [`open_page`], in place of this page: nobody wants to come back to it.
pub(super) fn open_page_instead(path: &str) {
    _ = window().location().replace(path);
}
