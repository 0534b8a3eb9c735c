//! Single words that may stand in one place only.

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

#[cfg(test)]
mod tests {
    use super::super::found;

    #[test]
    fn unescaped_text_has_one_place() {
        let code = "fn f() { view! { <div inner_html=text></div> } }";
        assert_eq!(found("app/src/catalog/product_page.rs", code), ["inner_html stands only in app/src/ui/raw_html.rs"]);
        assert!(found("app/src/ui/raw_html.rs", code).is_empty());
    }
}
