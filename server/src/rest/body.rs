//! Reading a JSON document strictly: what is not understood is refused, with the place where it stands.

use super::problem::{ErrorCode, Problem, ProblemError};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// The document in `bytes`.
///
/// # Errors
/// 415 for another kind of content, 400 for what is no JSON, 422 for a field that is missing, unknown or not valid.
pub(super) fn read<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    if !is_json(headers) {
        return Err(Problem::new(ErrorCode::UnsupportedMediaType, "Send the body as application/json."));
    }
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| Problem::new(ErrorCode::InvalidJson, format!("The body is not JSON: {error}.")))?;
    if let Some(field) = with_nul(&value, "") {
        return Err(Problem::invalid(vec![ProblemError::new(field, "invalid", "Text must not contain NUL.")]));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (place, error) = (error.path().to_string(), error.inner().to_string());
        Problem::invalid(vec![problem_at(&place, &error)])
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// PostgreSQL keeps no NUL in text; no name or address has one. The place of the first.
fn with_nul(value: &Value, place: &str) -> Option<String> {
    let below = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        Value::String(text) => text.contains('\0').then(|| place.to_owned()),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| with_nul(item, &format!("{place}[{index}]"))),
        Value::Object(fields) => {
            fields.iter().find_map(|(name, field)| if name.contains('\0') { Some(place.to_owned()) } else { with_nul(field, &below(name)) })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Names the field: for a missing or unknown one it stands in the message only.
fn problem_at(place: &str, message: &str) -> ProblemError {
    let named = message.split('`').nth(1).unwrap_or_default();
    let (code, own_name) = if message.starts_with("missing field") {
        ("required", Some(named))
    } else if message.starts_with("unknown field") {
        ("unknown_field", Some(named))
    } else {
        ("invalid", None)
    };
    let parent = if place == "." { "" } else { place };
    let field = match own_name {
        // An unknown field's own name is the end of the place already.
        Some(name) if parent == name || parent.ends_with(&format!(".{name}")) => parent.to_owned(),
        Some(name) if parent.is_empty() => name.to_owned(),
        Some(name) => format!("{parent}.{name}"),
        None => parent.to_owned(),
    };
    ProblemError::new(field, code, format!("{}{}.", message[..1].to_uppercase(), &message[1..]))
}

/// The same document always as the same bytes: fields in order, no blanks. What is no JSON stands for itself.
pub(super) fn canonical(bytes: &[u8]) -> Vec<u8> {
    let canonical = serde_json::from_slice(bytes).ok().and_then(|value| serde_json::to_vec(&sorted(value)).ok());
    canonical.unwrap_or_else(|| bytes.to_vec())
}

/// Fields in the order of their names, whatever order the parser keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().map(|(name, field)| (name, sorted(field))).collect();
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::checkout::PlaceOrder;

    fn read_order(text: &str) -> Problem {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap())]);
        read::<PlaceOrder>(&headers, text.as_bytes()).unwrap_err()
    }

    fn field_and_code(text: &str) -> (String, String) {
        let error = read_order(text).errors.remove(0);
        (error.field.unwrap(), error.code)
    }

    #[test]
    fn a_refused_field_is_named_with_its_place() {
        let expect = |text, field: &str, code: &str| assert_eq!(field_and_code(text), (field.to_owned(), code.to_owned()), "{text}");
        expect("{}", "email", "required");
        expect(r#"{"email": 5}"#, "email", "invalid");
        expect(r#"{"email": "a", "discount": 5}"#, "discount", "unknown_field");
        expect(r#"{"email": "a", "shipping_address": {"name": "A", "line1": "B"}}"#, "shipping_address.city", "required");
        expect(r#"{"email": "a", "shipping_address": {"street": "A"}}"#, "shipping_address.street", "unknown_field");
        expect(r#"{"email": "a\u0000"}"#, "email", "invalid");
    }

    #[test]
    fn what_is_no_json_is_told_apart_from_what_is_not_valid() {
        assert_eq!(read_order("{").code, ErrorCode::InvalidJson);
        assert_eq!(read_order("[]").code, ErrorCode::ValidationFailed);
        assert_eq!(read::<PlaceOrder>(&HeaderMap::new(), b"{}").unwrap_err().code, ErrorCode::UnsupportedMediaType);
    }

    #[test]
    fn the_order_of_fields_changes_nothing() {
        assert_eq!(canonical(br#"{"b": [{"d":1, "c":2}], "a": null}"#), br#"{"a":null,"b":[{"c":2,"d":1}]}"#);
        assert_eq!(canonical(b"not json"), b"not json");
    }
}
