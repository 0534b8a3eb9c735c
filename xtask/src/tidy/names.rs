//! A thing without a name is not understood yet: no drawers for the rest, and folders bear the features' names.

use super::{
    Violation,
    source::{Kind, Source},
    walls::is_known_folder,
};

/// Names that say nothing.
const EMPTY_NAMES: [&str; 8] = ["common", "helper", "helpers", "manager", "misc", "shared", "util", "utils"];

/// Folder, file and module names.
pub(super) fn check(source: &Source) -> Vec<Violation> {
    let mut violations = Vec::new();
    for part in source.path.split('/') {
        let name = part.split('.').next().unwrap_or_default();
        if EMPTY_NAMES.contains(&name) {
            violations.push(source.violation(1, format!("`{name}` says nothing: name it after what it does")));
        }
    }
    for word in &source.words {
        if word.before == "mod" && EMPTY_NAMES.contains(&word.value.as_str()) {
            violations.push(source.violation(word.line, format!("`{}` says nothing: name it after what it does", word.value)));
        }
    }
    violations.extend(unknown_folder(source));
    violations
}

/// In `domain`, `backend` and `app` a folder below `src/` is a feature.
fn unknown_folder(source: &Source) -> Option<Violation> {
    let parts: Vec<&str> = source.path.split('/').collect();
    let [crate_name @ ("domain" | "backend" | "app"), "src", folder, _, ..] = parts.as_slice() else {
        return None;
    };
    if source.kind != Kind::Rust || is_known_folder(crate_name, folder) {
        return None;
    }
    Some(source.violation(1, format!("`{folder}` is no feature: see ARCHITECTURE.md for their names")))
}

#[cfg(test)]
mod tests {
    use super::super::found;

    #[test]
    fn names_that_say_nothing_are_found() {
        assert_eq!(found("app/src/cart/utils.rs", "").len(), 1);
        assert_eq!(found("server/src/helpers/time.rs", "").len(), 1);
        assert_eq!(found("sandbox/src/main.rs", "mod common;").len(), 1);
        assert!(found("app/src/cart/cart_page.rs", "mod cart_badge;").is_empty());
    }

    #[test]
    fn folders_bear_the_names_of_features() {
        assert_eq!(found("backend/src/baskets/mod.rs", "").len(), 1);
        assert!(found("backend/src/cart/mod.rs", "").is_empty());
        assert!(found("app/src/ui/button.rs", "").is_empty());
        assert_eq!(found("domain/src/ui/button.rs", "").len(), 1);
        assert!(found("server/src/middleware/csrf.rs", "").is_empty());
    }
}
