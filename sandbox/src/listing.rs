//! Lists with Stripe's cursors: newest first, `limit`, `starting_after`, `ending_before`, `created[…]`.

use serde_json::{Value, json};

use crate::errors::ApiError;
use crate::form::Parameters;

/// Stripe's default page.
const DEFAULT_LIMIT: usize = 10;
/// Stripe's largest page.
const LARGEST_LIMIT: i64 = 100;

/// Which part of a list is wanted.
pub(crate) struct Listing {
    limit: usize,
    starting_after: Option<String>,
    ending_before: Option<String>,
    earliest: i64,
    latest: i64,
}

impl Listing {
    pub(crate) fn from_parameters(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let limit = match parameters.integer("limit")? {
            None => DEFAULT_LIMIT,
            Some(limit) if (1..=LARGEST_LIMIT).contains(&limit) => usize::try_from(limit).unwrap_or(DEFAULT_LIMIT),
            Some(_) => return Err(ApiError::parameter("parameter_invalid_integer", "limit", "limit must be between 1 and 100.")),
        };
        let (mut earliest, mut latest) = (i64::MIN, i64::MAX);
        if let Some(mut created) = parameters.section("created")? {
            earliest =
                created.integer("gte")?.unwrap_or(earliest).max(created.integer("gt")?.map_or(i64::MIN, |after| after.saturating_add(1)));
            latest =
                created.integer("lte")?.unwrap_or(latest).min(created.integer("lt")?.map_or(i64::MAX, |before| before.saturating_sub(1)));
            created.finish()?;
        }
        let starting_after = parameters.text("starting_after")?;
        let ending_before = parameters.text("ending_before")?;
        Ok(Self { limit, starting_after, ending_before, earliest, latest })
    }

    /// Cuts the page out of the matching items, and says whether there are more beyond it.
    ///
    /// # Errors
    /// A cursor that is not in the list.
    pub(crate) fn page<'a, T>(
        &self,
        newest_first: impl Iterator<Item = &'a T>,
        key: impl Fn(&T) -> (&String, i64),
        noun: &str,
    ) -> Result<(Vec<&'a T>, bool), ApiError> {
        let within = |item: &&T| (self.earliest..=self.latest).contains(&key(item).1);
        let items: Vec<&T> = newest_first.filter(within).collect();
        let position =
            |id: &String, param: &str| items.iter().position(|item| key(item).0 == id).ok_or_else(|| ApiError::no_such(noun, id, param));
        let from = self.starting_after.as_ref().map(|id| position(id, "starting_after")).transpose()?.map_or(0, |at| at + 1);
        let to = self.ending_before.as_ref().map(|id| position(id, "ending_before")).transpose()?.unwrap_or(items.len());
        let window = items.get(from..to.max(from)).unwrap_or_default();
        let page = match &self.ending_before {
            Some(_) => &window[window.len().saturating_sub(self.limit)..],
            None => &window[..window.len().min(self.limit)],
        };
        Ok((page.to_vec(), page.len() < window.len()))
    }
}

/// Stripe's list object.
pub(crate) fn list_of(data: Vec<Value>, has_more: bool, url: &str) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}
