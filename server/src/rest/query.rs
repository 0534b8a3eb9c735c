//! Reading query parameters: each is asked for by name, and what nobody asked for is refused.

use super::problem::{Problem, ProblemError};
use axum::extract::{FromRequestParts, Query as Pairs};
use domain::page::{PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX};
use http::Uri;
use http::request::Parts;
use std::collections::BTreeMap;
use std::str::FromStr;

/// A cursor is short; what is longer was not made here.
const CURSOR_LENGTH_MAX: usize = 500;

#[derive(Debug)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
    errors: Vec<ProblemError>,
}

impl Query {
    pub(super) fn of(uri: &Uri) -> Self {
        let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(uri).map(|Pairs(pairs)| pairs).unwrap_or_default();
        let mut query = Self { pairs, errors: Vec::new() };
        if let Some((name, _)) = query.pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
            let name = name.replace('\0', "");
            query.refuse(&name, "invalid", "Text must not contain NUL.");
        }
        query
    }

    pub(super) fn refuse(&mut self, name: &str, code: &str, message: impl Into<String>) {
        self.errors.push(ProblemError::new(name, code, message));
    }

    /// The value of `name`, which may stand once.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let position = self.pairs.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.pairs.remove(position);
        if self.pairs.iter().any(|(key, _)| key == name) {
            self.pairs.retain(|(key, _)| key != name);
            self.refuse(name, "repeated", format!("`{name}` may stand once."));
        }
        Some(value)
    }

    /// The value of `name` as something else.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let value = self.text(name)?;
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.refuse(name, "invalid", format!("`{name}` must be {expected}."));
        }
        parsed
    }

    /// Every `prefix<name>=v1,v2`, by name.
    pub(super) fn lists(&mut self, prefix: &str) -> BTreeMap<String, Vec<String>> {
        let names: Vec<String> = self.pairs.iter().filter(|(key, _)| key.starts_with(prefix)).map(|(key, _)| key.clone()).collect();
        let mut lists = BTreeMap::new();
        for name in names {
            let Some(value) = self.text(&name) else { continue };
            let mut values: Vec<String> = value.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect();
            // It may be one value that holds a comma.
            if values.len() > 1 {
                values.push(value.trim().to_owned());
            }
            let own = &name[prefix.len()..];
            if own.is_empty() || values.is_empty() {
                self.refuse(&name, "invalid", format!("`{name}` must name values by comma."));
            } else {
                lists.insert(own.to_owned(), values);
            }
        }
        lists
    }

    /// `cursor` and `limit`, as every list has them.
    pub(super) fn page<C: FromStr>(&mut self) -> (Option<C>, u32) {
        let limit = self.parsed("limit", "a whole number").unwrap_or(PAGE_LIMIT_DEFAULT);
        if !(1..=PAGE_LIMIT_MAX).contains(&limit) {
            self.refuse("limit", "out_of_range", format!("`limit` must be from 1 to {PAGE_LIMIT_MAX}."));
        }
        let text = self.text("cursor");
        let cursor = text.as_ref().filter(|text| text.len() <= CURSOR_LENGTH_MAX).and_then(|text| text.parse().ok());
        if text.is_some() && cursor.is_none() {
            self.refuse("cursor", "invalid", "`cursor` must be one that a list answered with.");
        }
        (cursor, limit)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 422 with everything that was wrong, what nobody asked for included.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            self.refuse(&name, "unknown_parameter", format!("There is no parameter `{name}`."));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }
}

/// An operation that takes no query parameters.
#[derive(Debug)]
pub(super) struct NoQuery;

impl<S: Send + Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::of(&parts.uri).finish().map(|()| NoQuery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::of(&format!("/products?{text}").parse().unwrap())
    }

    fn refused(query: Query) -> Vec<(String, String)> {
        let errors = query.finish().err().map(|problem| problem.errors).unwrap_or_default();
        errors.into_iter().map(|error| (error.field.unwrap(), error.code)).collect()
    }

    fn one(field: &str, code: &str) -> Vec<(String, String)> {
        vec![(field.to_owned(), code.to_owned())]
    }

    #[test]
    fn what_nobody_asks_for_is_refused() {
        assert_eq!(refused(query("colour=blue")), one("colour", "unknown_parameter"));
    }

    #[test]
    fn lists_are_split_by_comma() {
        let mut query = query("option.color=blue,%20green&option.size=M");
        let lists = query.lists("option.");
        assert_eq!(lists["color"], ["blue", "green", "blue, green"], "two values, or one that holds a comma");
        assert_eq!(lists["size"], ["M"]);
        assert_eq!(refused(query), []);
    }

    #[test]
    fn limits_and_repetition_are_checked() {
        for text in ["limit=0", "limit=101"] {
            let mut query = query(text);
            query.page::<String>();
            assert_eq!(refused(query), one("limit", "out_of_range"), "{text}");
        }
        let mut repeated = query("limit=5&limit=6");
        repeated.page::<String>();
        assert_eq!(refused(repeated), one("limit", "repeated"));
        let mut nul = query("q=a%00b");
        nul.text("q");
        assert_eq!(refused(nul), one("q", "invalid"));
    }
}
