//! Who may import whom: between crates, and between the features of `domain` and `backend`.

use super::{
    Violation,
    source::{Reference, Source},
};
use anyhow::{Context, Result};

/// Each crate, with those of ours that it may import.
pub(super) const CRATES: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("backend", &["domain"]),
    ("app", &["domain", "backend"]),
    ("server", &["app", "backend", "domain"]),
    ("frontend", &["app"]),
    ("sandbox", &[]),
    ("xtask", &[]),
    ("bench", &["domain", "backend"]),
];

/// Features in the order in which they may use each other: those left of oneself, never those right.
const FEATURES: [&str; 12] =
    ["accounts", "media", "catalog", "reviews", "inventory", "pricing", "cart", "payments", "orders", "checkout", "sellers", "admin"];
/// Features that every other may use; they themselves use none.
const SHARED_FEATURES: [&str; 5] = ["events", "idempotency", "jobs", "mail", "rate_limit"];
/// What may look at every feature and is used by none: it listens, fills a shop, audits, or tests.
const OBSERVERS: [&str; 5] = ["notifications", "demo", "import", "check", "testing"];
/// In `backend` these do not call each other: `checkout` joins them, and afterwards they talk by events.
const JOINED_BY_CHECKOUT: [&str; 4] = ["inventory", "pricing", "payments", "orders"];

/// Folders that are no feature but a part of `app` on its own.
const APP_FOLDERS: [&str; 1] = ["ui"];

/// Where `app` may name `backend` outside the body of a server function: files that exist on the server only, each because
/// several server functions share what it does with cookies and redirects (`docs/decisions/0004`).
const APP_SERVER_FILES: [&str; 6] = [
    "app/src/error.rs",
    "app/src/context.rs",
    "app/src/accounts/guard.rs",
    "app/src/accounts/sessions.rs",
    "app/src/checkout/draft.rs",
    "app/src/checkout/once.rs",
];
/// What is itself a door for tests, behind the feature `testing`, and marks itself as one.
const TEST_DOORS: [&str; 1] = ["backend/src/checkout/stepwise.rs"];

/// Whether a folder of `domain`, `backend` or `app` bears the name of a feature.
pub(super) fn is_known_folder(crate_name: &str, folder: &str) -> bool {
    FEATURES.contains(&folder)
        || SHARED_FEATURES.contains(&folder)
        || OBSERVERS.contains(&folder)
        || (crate_name == "app" && APP_FOLDERS.contains(&folder))
}

/// Every path of the file against every wall.
pub(super) fn check_imports(source: &Source) -> Vec<Violation> {
    let mut violations = Vec::new();
    for reference in &source.references {
        violations.extend(between_crates(source, reference));
        violations.extend(backend_in_app(source, reference));
        violations.extend(between_features(source, reference));
    }
    violations.dedup();
    violations
}

/// The dependencies of a crate: Cargo enforces the rest.
///
/// # Errors
/// When the manifest is no TOML.
pub(super) fn check_manifest(source: &Source) -> Result<Vec<Violation>> {
    let manifest: toml::Table = source.text.parse().with_context(|| source.path.to_owned())?;
    let allowed = allowed_crates(source.crate_name());
    let mut violations = Vec::new();
    for section in ["dependencies", "build-dependencies"] {
        let Some(dependencies) = manifest.get(section).and_then(toml::Value::as_table) else {
            continue;
        };
        for name in dependencies.keys() {
            if is_ours(name) && !allowed.contains(&name.as_str()) {
                violations.push(source.violation(1, format!("{} may not depend on {name}", source.crate_name())));
            }
        }
    }
    Ok(violations)
}

fn is_ours(name: &str) -> bool {
    CRATES.iter().any(|(ours, _)| *ours == name)
}

fn allowed_crates(name: &str) -> &'static [&'static str] {
    CRATES.iter().find(|(ours, _)| *ours == name).map_or(&[], |(_, allowed)| *allowed)
}

/// A path into a crate of ours that the table does not allow.
fn between_crates(source: &Source, reference: &Reference) -> Option<Violation> {
    let target = reference.segments.first()?;
    let own = source.crate_name();
    // A single word is a local name, and a crate's own integration tests name it.
    if reference.segments.len() < 2 || !is_ours(target) || target == own || allowed_crates(own).contains(&target.as_str()) {
        return None;
    }
    if declares_module(source, target) {
        return None;
    }
    Some(source.violation(reference.line, format!("{own} may not import {target}")))
}

fn declares_module(source: &Source, name: &str) -> bool {
    source.words.iter().any(|word| word.before == "mod" && word.value == name)
}

/// In `app`, what touches the database exists on the server only.
fn backend_in_app(source: &Source, reference: &Reference) -> Option<Violation> {
    let is_backend = reference.segments.first()? == "backend" && reference.segments.len() > 1;
    let permitted = reference.in_server_function || reference.in_test || APP_SERVER_FILES.contains(&source.path);
    if source.crate_name() != "app" || !is_backend || permitted {
        return None;
    }
    Some(
        source.violation(
            reference.line,
            "app may name backend only in the body of a #[server] function and in the files of the server alone",
        ),
    )
}

/// A path from one feature into another that stands further right.
fn between_features(source: &Source, reference: &Reference) -> Option<Violation> {
    let own_crate = source.crate_name();
    if !(own_crate == "domain" || own_crate == "backend") || reference.in_test || source.is_test() {
        return None;
    }
    let module = source.module_path()?;
    let own = *module.first()?;
    let target = absolute(&module, reference)?;
    let is_test_door = target == "testing" && TEST_DOORS.contains(&source.path);
    if own == target || is_test_door || may_use(own_crate, own, &target) {
        return None;
    }
    Some(source.violation(reference.line, format!("in {own_crate}, {own} may not use {target}")))
}

/// The feature a path leads to: the first module below the crate's root.
fn absolute(module: &[&str], reference: &Reference) -> Option<String> {
    let mut place: Vec<&str> = module.to_vec();
    place.extend(reference.modules.iter().map(String::as_str));
    let mut segments = reference.segments.iter().map(String::as_str).peekable();
    match segments.peek() {
        Some(&"crate") => {
            segments.next();
            place.clear();
        }
        Some(&"super") => {
            while segments.next_if(|segment| *segment == "super").is_some() {
                place.pop()?;
            }
        }
        _ => return None,
    }
    place.extend(segments);
    place.first().map(ToString::to_string)
}

fn may_use(crate_name: &str, own: &str, target: &str) -> bool {
    if OBSERVERS.contains(&own) {
        return true;
    }
    // Vocabulary at the root may be used by all; it uses no feature, except where `backend` gathers its handles.
    let is_feature = |name: &str| FEATURES.contains(&name);
    if OBSERVERS.contains(&target) {
        return false;
    }
    if !is_feature(target) {
        return true;
    }
    let (Some(own_place), Some(target_place)) = (place(own), place(target)) else {
        // `events` carries the ids and facts of every feature in one list.
        return crate_name == "backend" && !is_feature(own);
    };
    let strangers = crate_name == "backend" && JOINED_BY_CHECKOUT.contains(&own) && JOINED_BY_CHECKOUT.contains(&target);
    target_place < own_place && !strangers
}

fn place(feature: &str) -> Option<usize> {
    FEATURES.iter().position(|name| *name == feature)
}

#[cfg(test)]
mod tests {
    use super::super::found;

    #[test]
    fn a_crate_may_import_only_what_the_table_allows() {
        assert_eq!(found("domain/src/cart/mod.rs", "use backend::cart;"), ["domain may not import backend"]);
        assert_eq!(found("sandbox/src/main.rs", "fn f() { domain::money::zero() }"), ["sandbox may not import domain"]);
        assert!(found("backend/src/cart/mod.rs", "use domain::cart::Cart;").is_empty());
        assert!(found("server/src/main.rs", "use {app::shell, backend::Handles};").is_empty());
    }

    #[test]
    fn a_module_with_the_name_of_a_crate_is_no_import() {
        assert!(found("sandbox/src/main.rs", "mod server; fn f() { server::run() }").is_empty());
    }

    #[test]
    fn a_manifest_keeps_to_the_table() {
        assert_eq!(found("frontend/Cargo.toml", "[dependencies]\nbackend.workspace = true\n"), ["frontend may not depend on backend"]);
        assert!(found("server/Cargo.toml", "[dependencies]\nbackend.workspace = true\nserde = \"1\"\n").is_empty());
    }

    #[test]
    fn app_names_backend_only_where_the_server_alone_looks() {
        let outside = "use backend::cart;";
        assert_eq!(found("app/src/cart/api.rs", outside).len(), 1);
        let inside = "#[server] pub async fn add() -> Result<(), E> { use backend::cart; cart::add().await }";
        assert!(found("app/src/cart/api.rs", inside).is_empty());
        assert!(found("app/src/context.rs", outside).is_empty());
        assert!(found("app/src/error.rs", outside).is_empty());
    }

    #[test]
    fn a_feature_uses_only_those_left_of_it() {
        assert_eq!(found("domain/src/cart/mod.rs", "use crate::orders::Order;"), ["in domain, cart may not use orders"]);
        assert_eq!(found("backend/src/catalog/mod.rs", "use super::super::cart;").len(), 0);
        assert_eq!(found("backend/src/catalog/mod.rs", "use super::cart;"), ["in backend, catalog may not use cart"]);
        assert_eq!(found("backend/src/catalog/store.rs", "use super::super::cart;"), ["in backend, catalog may not use cart"]);
        assert!(found("backend/src/cart/mod.rs", "use crate::{catalog, events, db::Pool};").is_empty());
    }

    #[test]
    fn what_checkout_joins_does_not_call_each_other_in_backend() {
        assert_eq!(found("backend/src/orders/mod.rs", "use crate::payments::store;"), ["in backend, orders may not use payments"]);
        assert!(found("domain/src/orders/mod.rs", "use crate::payments::Intent;").is_empty());
        assert!(found("backend/src/checkout/mod.rs", "use crate::{payments, inventory, orders};").is_empty());
    }

    #[test]
    fn observers_see_all_and_are_used_by_none() {
        assert!(found("backend/src/notifications/mod.rs", "use crate::orders;").is_empty());
        assert_eq!(found("backend/src/orders/mod.rs", "use crate::notifications::send;"), ["in backend, orders may not use notifications"]);
    }

    #[test]
    fn the_vocabulary_of_domain_uses_no_feature() {
        assert_eq!(found("domain/src/money.rs", "use crate::orders::Order;"), ["in domain, money may not use orders"]);
        assert!(found("backend/src/context.rs", "use crate::payments::Gateway;").is_empty());
    }
}
