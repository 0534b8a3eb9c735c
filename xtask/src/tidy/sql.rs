//! SQL stands where it is looked for, and takes the time from one function.

use super::{Violation, source::Source};

/// Files with SQL beside the `store.rs` of each feature, and why.
const FILES_WITH_SQL: [(&str, &str); 10] = [
    ("backend/src/db.rs", "transactions and their limits"),
    ("backend/src/check", "the invariants, each one query over the whole shop"),
    ("backend/src/demo", "fills an empty shop in bulk"),
    ("backend/src/events", "the log is a queue: its reading is its locking"),
    ("backend/src/jobs", "the table of timed work is a queue as well"),
    ("backend/src/idempotency", "the key's row is inserted before anything else happens"),
    ("backend/src/inventory/locks.rs", "the one place that locks stock rows, in key order"),
    ("backend/src/payments/ledger.rs", "append-only, and nobody else may write there"),
    ("backend/src/testing", "builders for tests"),
    ("bench/src/stock.rs", "the ways that the shop's own is compared with"),
];

/// How a statement begins.
const BEGINNINGS: [&str; 7] = ["select ", "insert into ", "update ", "delete from ", "with ", "lock table ", "truncate "];
/// What must also be in it: "select a size" is a sentence for shoppers.
const PARTS: [&str; 7] = [" from ", " set ", " values", " returning ", "select ", " as (", " where "];

/// Statements outside the files for SQL, and time from anywhere but `souk.clock()`.
pub(super) fn check_rust(source: &Source) -> Vec<Violation> {
    let mut violations = Vec::new();
    if source.crate_name() == "xtask" || source.is_test() {
        return violations;
    }
    for text in &source.texts {
        let statement = normal(&text.value);
        if text.in_test || !is_statement(&statement) {
            continue;
        }
        if !may_hold_sql(source.path) {
            violations.push(source.violation(text.line, "SQL stands only in store.rs"));
        }
        if takes_time_itself(&statement) {
            violations.push(source.violation(text.line, "time in SQL comes from souk.clock(), not from now()"));
        }
    }
    violations
}

/// Migrations take the time from the same function.
pub(super) fn check_migration(source: &Source) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let code = line.split("--").next().unwrap_or_default().to_lowercase();
        if takes_time_itself(&code) {
            violations.push(source.violation(number + 1, "time in SQL comes from souk.clock(), not from now()"));
        }
    }
    violations
}

fn may_hold_sql(path: &str) -> bool {
    let is_store = path.starts_with("backend/src/") && path.ends_with("/store.rs");
    is_store
        || FILES_WITH_SQL
            .iter()
            .any(|(allowed, _)| path == *allowed || path == format!("{allowed}.rs") || path.starts_with(&format!("{allowed}/")))
}

/// The literal's text in lower case, with single spaces.
fn normal(literal: &str) -> String {
    let inner = literal.trim_start_matches(['r', 'b', '#']).trim_start_matches('"').trim_end_matches('#').trim_end_matches('"');
    let inner = inner.replace("\\n", " ").replace("\\", " ").to_lowercase();
    inner.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_statement(text: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        && PARTS.iter().any(|part| text[1..].contains(part))
        && !text.ends_with('.')
}

fn takes_time_itself(sql: &str) -> bool {
    let calls_now = sql.match_indices("now()").any(|(at, _)| {
        let before = sql[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || character == '_')
    });
    calls_now
        || ["current_timestamp", "statement_timestamp()", "transaction_timestamp()", "localtimestamp"].iter().any(|word| sql.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::found;

    #[test]
    fn sql_stands_only_in_store_files() {
        let code = r#"fn f() { sqlx::query!("select cart_id from cart where cart_id = $1", id) }"#;
        assert_eq!(found("backend/src/cart/mod.rs", code), ["SQL stands only in store.rs"]);
        assert_eq!(found("server/src/http/health.rs", code), ["SQL stands only in store.rs"]);
        assert!(found("backend/src/cart/store.rs", code).is_empty());
        assert!(found("backend/src/check/stock.rs", code).is_empty());
        assert!(found("backend/src/inventory/locks.rs", code).is_empty());
        assert!(found("backend/tests/integration/cart.rs", code).is_empty());
    }

    #[test]
    fn a_sentence_for_shoppers_is_no_sql() {
        assert!(found("server/src/pages.rs", r#"const HINT: &str = "Select a size and a colour";"#).is_empty());
        assert!(found("server/src/pages.rs", r#"const HINT: &str = "Update your cart where needed.";"#).is_empty());
    }

    #[test]
    fn time_in_sql_comes_from_one_function() {
        let now = r#"fn f() { sqlx::query!("update cart set changed_at = now() where cart_id = $1") }"#;
        assert_eq!(found("backend/src/cart/store.rs", now), ["time in SQL comes from souk.clock(), not from now()"]);
        let clock = now.replace("now()", "souk.clock()");
        assert!(found("backend/src/cart/store.rs", &clock).is_empty());
        assert_eq!(found("backend/migrations/1_x.sql", "created_at timestamptz default now() -- why").len(), 1);
        assert!(found("backend/migrations/1_x.sql", "-- never now()\ncreated_at timestamptz default souk.clock()").is_empty());
    }
}
