//! The API's description, for programs and for people. The page is made here from the description: no script, nothing
//! from elsewhere.

use super::problem::{ErrorCode, ProblemDocument};
use crate::http::plain;
use axum::Extension;
use axum::response::{Html, IntoResponse, Response};
use domain::catalog::Sort;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::sync::Arc;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// What every description begins with.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Souk",
        description = "Buying on Souk by program. Amounts are in minor units beside their currency, times are RFC 3339 in UTC, ids are UUIDs. \
            Tokens travel in headers; cookies are ignored. Lists go on with `cursor` until `next_cursor` is null. Errors are problem documents \
            (RFC 9457) with a `code` from a closed list. Fields may be added to answers: ignore those you do not know."
    ),
    components(schemas(ProblemDocument, Sort)),
    modifiers(&Schemes),
    tags((name = "Catalogue"), (name = "Accounts"), (name = "Cart"), (name = "Checkout"), (name = "Orders"), (name = "Payments"), (name = "Webhooks"))
)]
pub(super) struct Description;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Default::default);
        let mut header = |scheme: &str, name: &str, text: &str| {
            components.add_security_scheme(scheme, SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, text))));
        };
        header("cart_token", "Cart-Token", "A guest's cart: the `token` that its first write answered with.");
        header("order_token", "Order-Token", "A guest's order: its `access_token`.");
        let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("access_token", SecurityScheme::Http(bearer));
    }
}

/// The whole description, with what holds for all operations.
pub(super) fn finished(mut document: Document) -> Document {
    document.info.version = "1".to_owned();
    document
}

/// Both forms of the description, made once.
#[derive(Debug)]
pub(super) struct Documents {
    json: String,
    html: String,
}

impl Documents {
    pub(super) fn of(document: &Document) -> Self {
        let value = serde_json::to_value(document).unwrap_or_default();
        Self { json: value.to_string(), html: page_of(&value) }
    }
}

const CACHE: (http::HeaderName, &str) = (CACHE_CONTROL, "public, max-age=300");

pub(super) async fn openapi(Extension(documents): Extension<Arc<Documents>>) -> Response {
    ([(CONTENT_TYPE, "application/json"), CACHE], documents.json.clone()).into_response()
}

pub(super) async fn page(Extension(documents): Extension<Arc<Documents>>) -> Response {
    ([(CONTENT_SECURITY_POLICY, plain::POLICY.as_str()), (CACHE.0, CACHE.1)], Html(documents.html.clone())).into_response()
}

// The page ------------------------------------------------------------------------------------------------------------

fn page_of(document: &Value) -> String {
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Souk API</title><style>{}</style></head><body><header><a href=\"/\">Souk</a></header><main><h1>Souk API</h1><p>{}</p>\
         <p>For programs: <a href=\"/api/v1/openapi.json\">openapi.json</a>.</p>",
        plain::STYLE,
        prose(&document["info"]["description"])
    );
    let empty = Map::new();
    let groups = groups(document);
    write_contents(&mut html, &groups);
    for (tag, operations) in &groups {
        write_to(&mut html, format_args!("<h2 id=\"{0}\">{0}</h2>", escaped(tag)));
        operations.iter().for_each(|operation| write_operation(&mut html, operation));
    }
    write_codes(&mut html);
    html.push_str("<h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap_or(&empty) {
        let name = escaped(name);
        write_to(&mut html, format_args!("<details id=\"schema-{name}\"><summary>{name}</summary>{}</details>", pretty(schema)));
    }
    html.push_str("</main></body></html>");
    html
}

/// One thing that can be asked for.
struct Operation<'a> {
    method: String,
    path: &'a str,
    value: &'a Value,
}

impl Operation<'_> {
    /// What a link leads to.
    fn anchor(&self) -> String {
        escaped(&format!("{}-{}", self.method.to_lowercase(), self.path.trim_start_matches('/').replace(['/', '{', '}'], "-")))
    }
}

/// The operations by their tags, in the order of the description.
fn groups(document: &Value) -> Vec<(&str, Vec<Operation<'_>>)> {
    let paths = || document["paths"].as_object().into_iter().flatten();
    let all = || {
        paths().flat_map(|(path, operations)| {
            let operations = operations.as_object().into_iter().flatten();
            operations.map(move |(method, value)| Operation { method: method.to_uppercase(), path, value })
        })
    };
    let tags = document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str());
    tags.map(|tag| (tag, all().filter(|operation| operation.value["tags"][0] == tag).collect())).collect()
}

fn write_contents(html: &mut String, groups: &[(&str, Vec<Operation<'_>>)]) {
    html.push_str("<nav aria-label=\"Contents\">");
    for (tag, operations) in groups {
        write_to(html, format_args!("<details><summary>{}</summary><ul>", escaped(tag)));
        for operation in operations {
            let (anchor, method, path) = (operation.anchor(), &operation.method, escaped(operation.path));
            write_to(
                html,
                format_args!("<li><a href=\"#{anchor}\"><code>{method} {path}</code></a> {}</li>", prose(&operation.value["summary"])),
            );
        }
        html.push_str("</ul></details>");
    }
    html.push_str("<ul><li><a href=\"#codes\">Error codes</a></li><li><a href=\"#schemas\">Schemas</a></li></ul></nav>");
}

fn write_operation(html: &mut String, operation: &Operation<'_>) {
    let (anchor, method, path) = (operation.anchor(), &operation.method, escaped(operation.path));
    let operation = operation.value;
    write_to(html, format_args!("<h3 id=\"{anchor}\"><code>{method} {path}</code></h3><p>{}</p>", prose(&operation["summary"])));
    let description = prose(&operation["description"]);
    if !description.is_empty() {
        write_to(html, format_args!("<p>{description}</p>"));
    }
    write_parameters(html, operation);
    if let Some(body) = operation.pointer("/requestBody/content/application~1json/schema") {
        write_to(html, format_args!("<p>Body: {}</p>", reference(body)));
    }
    html.push_str("<table><tr><th>Status</th><th>Answer</th><th>Schema</th></tr>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let content = response["content"].as_object().and_then(|content| content.values().next());
        let schema = content.map(|content| reference(&content["schema"])).unwrap_or_default();
        let reason = status.parse().ok().and_then(|status: StatusCode| status.canonical_reason()).unwrap_or_default();
        let description = Some(prose(&response["description"])).filter(|text| !text.is_empty()).unwrap_or_else(|| reason.to_owned());
        write_to(html, format_args!("<tr><td>{}</td><td>{description}</td><td>{schema}</td></tr>", escaped(status)));
    }
    html.push_str("</table>");
}

fn write_parameters(html: &mut String, operation: &Value) {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if parameters.is_empty() {
        return;
    }
    html.push_str("<table><tr><th>Parameter</th><th>In</th><th>What it is</th></tr>");
    for parameter in parameters {
        let cell = |name: &str| escaped(parameter[name].as_str().unwrap_or_default());
        let required = if parameter["required"] == true { " (required)" } else { "" };
        let row = (cell("name"), cell("in"), prose(&parameter["description"]));
        write_to(html, format_args!("<tr><td><code>{}</code></td><td>{}{required}</td><td>{}</td></tr>", row.0, row.1, row.2));
    }
    html.push_str("</table>");
}

fn write_codes(html: &mut String) {
    html.push_str("<h2 id=\"codes\">Error codes</h2><table><tr><th>Code</th><th>Status</th><th>Meaning</th></tr>");
    for code in ErrorCode::ALL {
        let name = serde_json::to_value(code).unwrap_or_default();
        let name = escaped(name.as_str().unwrap_or_default());
        let (status, title) = (code.status().as_u16(), code.title());
        write_to(html, format_args!("<tr id=\"{name}\"><td><code>{name}</code></td><td>{status}</td><td>{title}</td></tr>"));
    }
    html.push_str("</table>");
}

/// A link to a named schema, or the schema itself.
fn reference(schema: &Value) -> String {
    match schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => format!("<a href=\"#schema-{0}\">{0}</a>", escaped(name)),
        None => pretty(schema),
    }
}

fn pretty(schema: &Value) -> String {
    format!("<pre tabindex=\"0\">{}</pre>", escaped(&serde_json::to_string_pretty(schema).unwrap_or_default()))
}

/// A description as it stands in the code: what is between backticks is code.
fn prose(text: &Value) -> String {
    let parts = escaped(text.as_str().unwrap_or_default());
    let parts = parts.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn write_to(html: &mut String, arguments: std::fmt::Arguments<'_>) {
    html.write_fmt(arguments).expect("writing to a String does not fail");
}
