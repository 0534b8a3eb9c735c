use super::Icon;
use crate::t;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// One step of the way from the home page to here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    pub name: String,
    pub path: String,
}

impl Crumb {
    pub fn new(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), path: path.into() }
    }
}

/// The way here; the page itself is the last step and no link.
#[component]
pub fn Breadcrumbs(crumbs: Vec<Crumb>, #[prop(into)] here: String) -> impl IntoView {
    let steps = crumbs.into_iter().map(|crumb| {
        view! {
            <li class="flex items-center gap-1">
                <a href=crumb.path class="quiet-link">{crumb.name}</a>
                <Icon name="chevron-right" class="mirrors size-3.5 text-soft"/>
            </li>
        }
    });
    view! {
        <nav aria-label=t::common::breadcrumb() class="breadcrumbs">
            <ol class="flex flex-wrap items-center gap-x-1 gap-y-0.5 text-sm">
                {steps.collect_view()}
                <li aria-current="page" class="max-w-[40ch] truncate text-soft">{here}</li>
            </ol>
        </nav>
    }
    .at_once()
}
