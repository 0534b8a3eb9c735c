//! Words and texts that may stand in one place only.

use super::{Violation, source::Source};

/// Writes text into a page unescaped. One component does so, where its input is known to be ours.
const RAW_HTML: &str = "inner_html";
/// The file of that component.
const RAW_HTML_FILE: &str = "app/src/ui/raw_html.rs";

/// `inner_html` outside its one file.
pub(super) fn check(source: &Source) -> Vec<Violation> {
    if source.path == RAW_HTML_FILE || source.crate_name() == "xtask" {
        return Vec::new();
    }
    source
        .words
        .iter()
        .filter(|word| word.value == RAW_HTML)
        .map(|word| source.violation(word.line, format!("inner_html stands only in {RAW_HTML_FILE}")))
        .collect()
}

/// Tells countries apart by the labels of the domain's table.
const LABELS_FILE: &str = "app/src/countries.rs";

/// Sentences for people in the code of the pages: they stand in `app/messages`, in every language. Log lines begin small.
pub(super) fn check_texts(source: &Source) -> Vec<Violation> {
    if source.crate_name() != "app" || source.module_path().is_none() || source.path == LABELS_FILE {
        return Vec::new();
    }
    let texts = source.texts.iter().filter(|text| !text.in_test && is_sentence(&text.value));
    texts.map(|text| source.violation(text.line, "a text for people stands in app/messages, in every language")).collect()
}

/// Several words, the first with a capital letter; a literal comes with its quotation marks.
fn is_sentence(text: &str) -> bool {
    let mut words = text.trim_matches('"').split(' ');
    let starts_large = words.next().is_some_and(|word| word.starts_with(|first: char| first.is_uppercase()));
    starts_large && words.any(|word| word.starts_with(|first: char| first.is_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::super::found;

    #[test]
    fn texts_for_people_stand_in_every_language() {
        let code = "fn f() { view! { <p>\"Your cart\"</p> } }";
        assert_eq!(found("app/src/cart/cart_page.rs", code), ["a text for people stands in app/messages, in every language"]);
        let small = "/// Says so.\nfn f() { tracing::warn!(\"a cart was not read\"); view! { <p class=\"Mt-3 \">\"Souk\"</p> } }";
        assert!(found("app/src/cart/cart_page.rs", small).is_empty());
        assert!(found("server/src/rest/cart.rs", code).is_empty());
    }

    #[test]
    fn unescaped_text_has_one_place() {
        let code = "fn f() { view! { <div inner_html=text></div> } }";
        assert_eq!(found("app/src/catalog/product_page.rs", code), ["inner_html stands only in app/src/ui/raw_html.rs"]);
        assert!(found("app/src/ui/raw_html.rs", code).is_empty());
    }
}
