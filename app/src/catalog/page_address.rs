use crate::routes;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::params::ParamsMap;

/// Where a page stands: the part of the path after its prefix (a slug), and the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PageAddress {
    pub(super) slug: String,
    pub(super) query: ParamsMap,
}

impl PageAddress {
    /// The whole of it, to tell two addresses apart.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.slug, self.query.to_query_string())
    }
}

/// The address as long as it is this page's: on the way to another page the page that is being left asks for nothing new.
pub(super) fn use_page_address(prefix: &'static str) -> Memo<PageAddress> {
    let location = use_location();
    Memo::new(move |before: Option<&PageAddress>| {
        let slug =
            location.pathname.with(|path| routes::path_of(path).strip_prefix(prefix).filter(|rest| !rest.contains('/')).map(str::to_owned));
        let query = location.query.get();
        match (slug, before) {
            (Some(slug), _) => PageAddress { slug, query },
            (None, Some(before)) => before.clone(),
            (None, None) => PageAddress { slug: String::new(), query },
        }
    })
}
