//! `expand[]`: fields that hold an id are filled in with the object itself on request.

use serde_json::Value;

use crate::book::Book;
use crate::charges;
use crate::errors::ApiError;
use crate::form::Parameters;
use crate::sessions;

/// Reads `expand[]`; anything that is not on the list is refused before the request has any effect.
pub(crate) fn wanted(parameters: &mut Parameters, expandable: &[&str]) -> Result<Vec<String>, ApiError> {
    let paths = parameters.texts("expand")?.unwrap_or_default();
    match paths.iter().find(|path| !expandable.contains(&path.as_str())) {
        Some(path) => Err(ApiError::parameter("property_unknown", "expand", format!("This property cannot be expanded ({path})."))),
        None => Ok(paths),
    }
}

/// As [`wanted`], for lists, where each path starts with `data.`
pub(crate) fn wanted_in_list(parameters: &mut Parameters, expandable: &[&str]) -> Result<Vec<String>, ApiError> {
    let mut paths = parameters.texts("expand")?.unwrap_or_default();
    for path in &mut paths {
        match path.strip_prefix("data.").filter(|inner| expandable.contains(inner)) {
            Some(inner) => *path = inner.to_owned(),
            None => return Err(ApiError::parameter("property_unknown", "expand", format!("This property cannot be expanded ({path})."))),
        }
    }
    Ok(paths)
}

/// Fills in what was asked for.
pub(crate) fn fill(book: &Book, mut object: Value, wanted: &[String]) -> Value {
    for path in wanted {
        fill_path(book, &mut object, path);
    }
    object
}

fn fill_path(book: &Book, object: &mut Value, path: &str) {
    let (field, rest) = path.split_once('.').unwrap_or((path, ""));
    let id = object["id"].as_str().unwrap_or_default().to_owned();
    let filled = match field {
        "line_items" => book.sessions.get(&id).map(sessions::line_items_of),
        "refunds" => Some(charges::refunds_of(book, &id)),
        field => object[field].as_str().and_then(|id| render_by_id(book, id)),
    };
    if let Some(filled) = filled {
        object[field] = filled;
    }
    if !rest.is_empty() && object[field].is_object() {
        fill_path(book, &mut object[field], rest);
    }
}

fn render_by_id(book: &Book, id: &str) -> Option<Value> {
    match id.split_once('_')?.0 {
        "pi" => book.intents.get(id).map(|intent| intent.render(book)),
        "ch" => book.charges.get(id).map(|charge| charge.render(book)),
        "pm" => book.payment_methods.get(id).map(|method| method.render()),
        _ => None,
    }
}
