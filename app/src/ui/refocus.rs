use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Gives `place` the focus where a change of the page has just taken away what had it: whoever has no pointer would begin
/// at the top of the page again.
pub fn refocus(place: Option<web_sys::Element>) {
    request_animation_frame(move || {
        let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if let Some(place) = place.filter(|_| is_lost).and_then(|place| place.dyn_into::<web_sys::HtmlElement>().ok()) {
            // What is not shown leaves the focus where it was.
            _ = place.focus();
        }
    });
}

/// As [`refocus`], for a place that stands on the page only after the change.
pub fn refocus_on(selector: String) {
    request_animation_frame(move || refocus(document().query_selector(&selector).ok().flatten()));
}
