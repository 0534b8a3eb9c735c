use super::SignOutButton;
use super::address_list::Addresses;
use super::api::{self, AccountView};
use super::register_page::NAME_LENGTH_MAX;
use crate::orders::{OrderBadge, date_text, moment_text};
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind, EmptyState, Field, FlashNotice, Head, PageHeading, button_class, quoting};
use domain::accounts::{Role, SessionView, UserView};
use domain::orders::OrderSummary;
use domain::page::Page;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
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
        <Head title=t::accounts::title()/>
        <div class="page-wide py-10">
            <PageHeading text=t::accounts::title()/>
            <div class="mt-6"><FlashNotice flash=view.flash/></div>
            <div class="account">
                <section aria-labelledby="orders-title" class="min-w-0">
                    <h2 id="orders-title" class="font-serif text-2xl">{t::accounts::orders_title()}</h2>
                    <History orders=view.orders is_continued=view.is_continued/>
                </section>
                <div class="account-facts">
                    <Profile user=view.user is_verified=view.is_verified/>
                    <Addresses addresses=view.addresses/>
                    <Sessions sessions=view.sessions/>
                    <SignOutButton/>
                </div>
            </div>
        </div>
    }
}

#[component]
fn Profile(user: UserView, is_verified: bool) -> impl IntoView {
    let areas = [(Role::Seller, routes::SELL, t::accounts::to_sell()), (Role::Admin, routes::ADMIN, t::accounts::to_admin())];
    let links = areas.into_iter().filter(|(role, ..)| user.roles.contains(role)).map(|(_, path, label)| {
        view! { <li><a href=routes::to(path) class="link">{label}</a></li> }
    });
    let links = links.collect_view();
    view! {
        <section aria-labelledby="profile-title" class="space-y-4">
            <h2 id="profile-title" class="font-serif text-2xl">{t::accounts::profile_title()}</h2>
            <dl class="space-y-3">
                <div><dt class="text-sm text-soft">{t::accounts::name()}</dt><dd>{user.name.clone()}</dd></div>
                <div><dt class="text-sm text-soft">{t::accounts::email()}</dt><dd class="break-words">{user.email}</dd></div>
            </dl>
            <Verification is_verified/>
            <details class="disclosure">
                <summary>{t::accounts::rename_title()}</summary>
                <form method="post" action=routes::to(api::Rename::PATH) class="mt-3 space-y-3">
                    <Field
                        label=t::accounts::name()
                        name="name"
                        value=user.name
                        autocomplete="name"
                        required=true
                        maxlength=NAME_LENGTH_MAX
                    />
                    <Button>{t::accounts::rename()}</Button>
                </form>
            </details>
            <ul class="space-y-2 empty:hidden">{links}</ul>
        </section>
    }
}

/// Whether the address is verified, and the way there.
#[component]
fn Verification(is_verified: bool) -> impl IntoView {
    if is_verified {
        return view! { <p class="text-sm text-soft">{t::accounts::is_verified()}</p> }.at_once();
    }
    view! {
        <p class="text-sm text-soft">{t::accounts::is_unverified()}</p>
        <form method="post" action=routes::to(api::SendVerification::PATH)>
            <Button>{t::accounts::send_verification()}</Button>
        </form>
    }
    .at_once()
}

/// Where one is signed in, and the way to end it elsewhere: on a phone that was lost, at a friend's.
#[component]
fn Sessions(sessions: Vec<SessionView>) -> impl IntoView {
    let has_others = sessions.len() > 1;
    view! {
        <section aria-labelledby="sessions-title" class="space-y-4">
            <h2 id="sessions-title" class="font-serif text-2xl">{t::accounts::sessions_title()}</h2>
            <ul class="divide-y divide-line border-y border-line">
                {sessions.into_iter().map(|session| view! { <SessionRow session/> }).collect_view()}
            </ul>
            {has_others.then(|| view! {
                <form method="post" action=routes::to(api::EndSessions::PATH)>
                    <Button>{t::accounts::end_other_sessions()}</Button>
                </form>
            })}
        </section>
    }
}

#[component]
fn SessionRow(session: SessionView) -> impl IntoView {
    let browser = match (&session.browser.browser, &session.browser.system) {
        (Some(browser), Some(system)) => t::accounts::browser_on_system(browser, system),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => t::accounts::some_browser().to_owned(),
    };
    let label = t::accounts::end_session_of(&browser);
    let seen = match session.is_current {
        true => t::accounts::this_browser().to_owned(),
        false => t::accounts::last_seen(&moment_text(&session.last_seen_at)),
    };
    view! {
        <li class="flex items-start justify-between gap-4 py-3" data-testid="account-session">
            <div>
                <p>{browser}</p>
                <p class="text-sm text-soft">{seen}</p>
            </div>
            {(!session.is_current).then(|| view! {
                <form method="post" action=routes::to(api::EndSessions::PATH)>
                    <input type="hidden" name="session" value=session.id.to_string()/>
                    <button type="submit" class="link" aria-label=label>{t::accounts::end_session()}</button>
                </form>
            })}
        </li>
    }
}

#[component]
fn History(orders: Page<OrderSummary>, is_continued: bool) -> impl IntoView {
    if orders.items.is_empty() && !is_continued {
        return view! {
            <EmptyState title=t::accounts::no_orders_title() text=t::accounts::no_orders_text() icon="bag">
                <a href=routes::to(routes::SEARCH) class=button_class(ButtonKind::Primary)>{t::accounts::browse()}</a>
            </EmptyState>
        }
        .at_once();
    }
    let rows = orders.items.into_iter().map(|order| view! { <OrderRow order/> }).collect_view();
    let newest = is_continued.then(|| {
        view! { <a href=routes::to(routes::ACCOUNT) class=button_class(ButtonKind::Secondary)>{t::accounts::newest_orders()}</a> }
    });
    let older = orders.next_cursor.map(|cursor| {
        let path = format!("{}?cursor={}", routes::to(routes::ACCOUNT), Url::escape(&cursor));
        view! { <a href=path rel="next" class=button_class(ButtonKind::Secondary)>{t::accounts::older_orders()}</a> }
    });
    view! {
        <ul class="mt-4 divide-y divide-line border-y border-line">{rows}</ul>
        <nav aria-label=t::accounts::order_pages() class="mt-6 flex flex-wrap gap-3">{newest} {older}</nav>
    }
    .at_once()
}

#[component]
fn OrderRow(order: OrderSummary) -> impl IntoView {
    let more = order.titles.len().saturating_sub(TITLES_SHOWN);
    let shown = order.titles.iter().take(TITLES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let titles = if more > 0 { t::accounts::titles_and_more(&more.to_string(), &shown) } else { shown.clone() };
    view! {
        <li class="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-4">
            <div class="min-w-0 flex-1">
                <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
                    <a href=routes::order(&order.number) class="link tabular font-semibold whitespace-nowrap">{order.number.to_string()}</a>
                    <OrderBadge status=order.status/>
                </p>
                <p class="mt-1 truncate">{quoting(&titles, &shown)}</p>
                <p class="text-sm text-soft">{date_text(&order.placed_at)}</p>
            </div>
            <p class="tabular font-semibold">{t::money(order.total)}</p>
        </li>
    }
}
