use crate::market::content_language;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A text of which `part` stays on one line: a number whose halves say nothing.
pub fn unbroken(text: &str, part: &str) -> AnyView {
    set_apart(text, part, Some("whitespace-nowrap"), None)
}

/// A text of the shop in which `part` is what sellers wrote, and is read out in their language.
pub fn quoting(text: &str, part: &str) -> AnyView {
    set_apart(text, part, None, content_language())
}

fn set_apart(text: &str, part: &str, class: Option<&'static str>, language: Option<&'static str>) -> AnyView {
    let Some((before, after)) = text.split_once(part) else { return text.to_owned().at_once() };
    let [before, after] = [before, after].map(|side| (!side.is_empty()).then(|| side.to_owned()));
    view! { {before} <span class=class lang=language>{part.to_owned()}</span> {after} }.at_once()
}
