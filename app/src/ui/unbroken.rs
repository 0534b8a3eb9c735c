use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A text of which `part` stays on one line: a number whose halves say nothing.
pub fn unbroken(text: &str, part: &str) -> AnyView {
    let Some((before, after)) = text.split_once(part) else { return text.to_owned().at_once() };
    let [before, after] = [before, after].map(|side| (!side.is_empty()).then(|| side.to_owned()));
    view! { {before} <span class="whitespace-nowrap">{part.to_owned()}</span> {after} }.at_once()
}
