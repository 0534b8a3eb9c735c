use super::api;
use super::applied_filters::{AppliedFilters, cleared};
use super::filters::Filters;
use super::listing_address::{SORTS, Scope, write};
use super::product_card::ProductGrid;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, EmptyState, GetForm, Icon, LoadMore, announce, button_class, refocus_on};
use domain::catalog::{ListingQuery, ListingView, ProductCard, Sort};
use leptos::html::Select;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A list of products with its filters: the same for a category, a question and a seller.
#[component]
pub(super) fn ListingResults(path: String, scope: Scope, query: ListingQuery, listing: ListingView) -> impl IntoView {
    let ListingView { items, facets, total, next_cursor, .. } = listing;
    let count = match total {
        0 => t::catalog::nothing_found().to_owned(),
        total => t::catalog::things(total),
    };
    announce_results(&count);
    let is_empty = items.is_empty();
    let more = Continuation { path: path.clone(), scope: scope.clone(), query: query.clone(), total };
    view! {
        <div class="listing">
            <aside aria-label=t::catalog::filters()>
                <Filters path=path.clone() query=query.clone() facets=facets.clone() total/>
            </aside>
            <section aria-label=t::catalog::results() class="min-w-0">
                <div class="listing-head">
                    <p tabindex="-1" class="tabular text-soft" data-testid="listing-count">{count}</p>
                    <SortForm path=path.clone() scope=scope.clone() query=query.clone()/>
                </div>
                <AppliedFilters path=path.clone() scope=scope.clone() query=query.clone() facets/>
                {if is_empty {
                    view! { <NothingFound path scope query/> }.at_once()
                } else {
                    view! { <GrowingGrid items next_cursor more/> }.at_once()
                }}
            </section>
        </div>
    }
    .at_once()
}

/// Reads a changed count out; the first list of a page comes with the page itself.
fn announce_results(count: &str) {
    let count = count.to_owned();
    let is_first = use_context::<FirstListing>();
    Effect::new(move |_| {
        let is_first = is_first.and_then(|FirstListing(first)| first.try_update_value(|first| std::mem::replace(first, false)));
        if is_first == Some(false) {
            announce(count.clone());
            // The filter that was taken off may have been the last one, and gone with what took it off.
            refocus_on(".listing-head > p".to_owned());
        }
    });
}

/// Whether a page has not shown a list yet; provided by the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstListing(StoredValue<bool>);

impl FirstListing {
    pub(super) fn provide() {
        provide_context(FirstListing(StoredValue::new(true)));
    }
}

#[component]
fn SortForm(path: String, scope: Scope, query: ListingQuery) -> impl IntoView {
    let chosen = query.sort();
    let has_question = query.q.is_some();
    let sorts = SORTS.into_iter().filter(move |(sort, ..)| has_question || *sort != Sort::Relevance);
    // What somebody has picked stays picked in the browser, also where the way back leads to a list in another order.
    let select = NodeRef::<Select>::new();
    let name = SORTS.iter().find(|(sort, ..)| *sort == chosen).map_or("", |(_, name, _)| *name);
    Effect::new(move || {
        if let Some(select) = select.get() {
            select.set_value(name);
        }
    });
    let choices = sorts.map(move |(sort, name, label)| view! { <option value=name selected=sort == chosen>{label()}</option> });
    // The fields of everything else, so that sorting keeps the filters.
    let address = write(&path, &scope, &ListingQuery { sort: None, cursor: None, ..query });
    let kept = address.split_once('?').map(|(_, fields)| fields.to_owned()).unwrap_or_default();
    let kept: Vec<_> = kept
        .split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| {
            let unescape = leptos_router::location::Url::unescape;
            view! { <input type="hidden" name=unescape(name) value=unescape(value)/> }
        })
        .collect();
    view! {
        <GetForm action=path class="flex items-center gap-2" at_once=true>
            {kept}
            <label for="sort" class="text-sm text-soft">{t::catalog::sort()}</label>
            <div class="select">
                <select node_ref=select id="sort" name="sort" class="input input-small" data-testid="listing-sort">
                    {choices.collect_view()}
                </select>
                <Icon name="chevron-down" class="select-arrow size-4"/>
            </div>
            <button type="submit" class=format!("{} without-script", button_class(ButtonKind::Secondary))>{t::catalog::sort()}</button>
        </GetForm>
    }
    .at_once()
}

/// What is needed to go on where a list ends.
#[derive(Clone, Debug)]
struct Continuation {
    path: String,
    scope: Scope,
    query: ListingQuery,
    total: u32,
}

/// The grid, which grows in place where our script runs; without it the link leads to the next rows.
#[component]
fn GrowingGrid(items: Vec<ProductCard>, next_cursor: Option<String>, more: Continuation) -> impl IntoView {
    let later = RwSignal::new(Vec::<ProductCard>::new());
    let cursor = RwSignal::new(next_cursor);
    let busy = RwSignal::new(false);
    let first_count = items.len();
    let Continuation { path, scope, query, total } = more;
    let is_first_page = query.cursor.is_none();
    let next_query = StoredValue::new(query);
    let grow = move || {
        let Some(from) = cursor.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        let query = ListingQuery { cursor: Some(from), ..next_query.get_value() };
        spawn_local(async move {
            match api::listing(query).await {
                Ok(next) => {
                    announce(t::catalog::more_shown(next.items.len() as u32));
                    later.try_update(|later| later.extend(next.items));
                    cursor.try_set(next.next_cursor);
                }
                Err(error) => announce(error.to_string()),
            }
            busy.try_set(false);
        });
    };
    let later_cards = move || {
        let cards = later.get();
        (!cards.is_empty()).then(|| view! { <div class="mt-8"><ProductGrid cards/></div> })
    };
    let way_on = move || {
        let from = cursor.get()?;
        let address = write(&path, &scope, &ListingQuery { cursor: Some(from), ..next_query.get_value() });
        // Without script a later page does not know how many rows came before it.
        let shown = is_first_page.then(|| u32::try_from(first_count + later.with(Vec::len)).unwrap_or(total));
        let count = match shown {
            Some(shown) => t::common::shown_of(&shown.to_string(), &total.to_string()),
            None => t::catalog::things(total),
        };
        Some(view! {
            <div on:click=move |event| {
                if let Some(link) = crate::ui::link_of(&event)
                    && link == "next"
                {
                    event.prevent_default();
                    event.stop_propagation();
                    grow();
                }
            }>
                <LoadMore path=address count shown total busy/>
            </div>
        })
    };
    view! {
        <div class="mt-6"><ProductGrid cards=items first=if is_first_page { 4 } else { 0 }/></div>
        {later_cards}
        {way_on}
    }
    .at_once()
}

/// Nothing found, and what might help.
#[component]
fn NothingFound(path: String, scope: Scope, query: ListingQuery) -> impl IntoView {
    let bare = cleared(&scope, &query);
    let is_filtered = ListingQuery { cursor: None, ..query.clone() } != bare;
    let text = match (&query.q, is_filtered) {
        (_, true) => t::catalog::nothing_filtered().to_owned(),
        (Some(question), false) => t::catalog::nothing_for_question(question),
        (None, false) => t::catalog::nothing_here().to_owned(),
    };
    view! {
        <EmptyState icon="search" title=t::catalog::nothing_found() text>
            {is_filtered.then(|| view! {
                <a href=write(&path, &scope, &bare) class=button_class(ButtonKind::Primary)>{t::catalog::filters_clear()}</a>
            })}
            <a href=routes::to(routes::SEARCH) class=button_class(ButtonKind::Secondary)>{t::catalog::browse_everything()}</a>
            <a href=routes::to(routes::HOME) class=button_class(ButtonKind::Quiet)>{t::catalog::front_page()}</a>
        </EmptyState>
    }
    .at_once()
}
