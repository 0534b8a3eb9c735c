use wasm_bindgen::JsCast;

/// The `rel` of the link that was clicked plainly; none for clicks that open a new tab or meet no link.
pub fn link_of(event: &web_sys::MouseEvent) -> Option<String> {
    if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.closest("a").ok().flatten()?.get_attribute("rel")
}
