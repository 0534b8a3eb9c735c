use super::SignOutButton;
use super::api::{self, AccountView};
use crate::orders::{OrderBadge, moment_text};
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, EmptyState, FlashNotice, Head, PageHeading, button_class};
use domain::accounts::{Role, UserView};
use domain::orders::OrderSummary;
use domain::page::Page;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;

/// Titles shown of one order; the rest are counted.
const TITLES_SHOWN: usize = 3;

/// One's own page: who one is, and what was ordered.
pub(crate) fn account_page() -> AnyView {
    let query = use_query_map();
    let cursor = move || query.read().get("cursor");
    page_data(move || cursor().unwrap_or_default(), move |_| api::account(untrack(cursor)))
        .show(|| ().at_once(), |view| view! { <Account view/> }.at_once())
}

#[component]
fn Account(view: AccountView) -> impl IntoView {
    view! {
        <Head title="Your account"/>
        <div class="page-wide py-10">
            <PageHeading text="Your account"/>
            <div class="mt-6"><FlashNotice flash=view.flash/></div>
            <div class="account">
                <Profile user=view.user/>
                <section aria-labelledby="orders-title" class="min-w-0">
                    <h2 id="orders-title" class="font-serif text-2xl">"Orders"</h2>
                    <History orders=view.orders is_continued=view.is_continued/>
                </section>
            </div>
        </div>
    }
}

#[component]
fn Profile(user: UserView) -> impl IntoView {
    let areas = [(Role::Seller, routes::SELL, "Sell on Souk"), (Role::Admin, routes::ADMIN, "Administration")];
    let links = areas.into_iter().filter(|(role, ..)| user.roles.contains(role)).map(|(_, path, label)| {
        view! { <li><a href=path class="link">{label}</a></li> }
    });
    let links = links.collect_view();
    view! {
        <section aria-labelledby="profile-title" class="space-y-4">
            <h2 id="profile-title" class="font-serif text-2xl">"Profile"</h2>
            <dl class="space-y-3">
                <div><dt class="text-sm text-soft">"Name"</dt><dd>{user.name}</dd></div>
                <div><dt class="text-sm text-soft">"E-mail"</dt><dd class="break-words">{user.email}</dd></div>
            </dl>
            <ul class="space-y-2">{links}</ul>
            <SignOutButton/>
        </section>
    }
}

#[component]
fn History(orders: Page<OrderSummary>, is_continued: bool) -> impl IntoView {
    if orders.items.is_empty() && !is_continued {
        return view! {
            <EmptyState title="No orders yet" text="What you order while signed in stands here." icon="bag">
                <a href=routes::SEARCH class=button_class(ButtonKind::Primary)>"Browse everything"</a>
            </EmptyState>
        }
        .at_once();
    }
    let rows = orders.items.into_iter().map(|order| view! { <OrderRow order/> }).collect_view();
    let newest = is_continued.then(|| view! { <a href=routes::ACCOUNT class=button_class(ButtonKind::Secondary)>"Newest orders"</a> });
    let older = orders.next_cursor.map(|cursor| {
        let path = format!("{}?cursor={}", routes::ACCOUNT, Url::escape(&cursor));
        view! { <a href=path rel="next" class=button_class(ButtonKind::Secondary)>"Older orders"</a> }
    });
    view! {
        <ul class="mt-4 divide-y divide-line border-y border-line">{rows}</ul>
        <nav aria-label="Pages of orders" class="mt-6 flex flex-wrap gap-3">{newest} {older}</nav>
    }
    .at_once()
}

#[component]
fn OrderRow(order: OrderSummary) -> impl IntoView {
    let more = order.titles.len().saturating_sub(TITLES_SHOWN);
    let mut titles = order.titles.iter().take(TITLES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 {
        titles.push_str(&format!(" and {more} more"));
    }
    view! {
        <li class="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-4">
            <div class="min-w-0 flex-1">
                <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
                    <a href=routes::order(&order.number) class="link tabular font-semibold">{order.number.to_string()}</a>
                    <OrderBadge status=order.status/>
                </p>
                <p class="mt-1 truncate">{titles}</p>
                <p class="text-sm text-soft">{moment_text(&order.placed_at)}</p>
            </div>
            <p class="tabular font-semibold">{order.total.to_string()}</p>
        </li>
    }
}
