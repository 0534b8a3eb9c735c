//! The language and the currency of the page: the first part of its address says so. The server takes that part off before
//! anything else looks at the address ([`Market::split`]); links and forms of a page put it on again ([`crate::routes::to`]).

use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use domain::language::Language;
use domain::market::Market;
use domain::money::Currency;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The same answer on both sides: the server was told by its door, the browser by its address.
#[cfg(feature = "ssr")]
pub fn current() -> Market {
    use_context::<Market>().unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
pub fn current() -> Market {
    MARKET.get().copied().unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
static MARKET: std::sync::OnceLock<Market> = std::sync::OnceLock::new();

/// The language tag of what sellers and shoppers wrote, where it is not the page's own: so that it is read out in it.
pub(crate) fn content_language() -> Option<&'static str> {
    (current().language != Language::English).then(|| Language::English.tag())
}

/// Does something in a market where no page is rendered.
#[cfg(feature = "ssr")]
pub(crate) fn within<T>(market: Market, work: impl FnOnce() -> T) -> T {
    Owner::new_root(None).with(|| {
        provide_context(market);
        work()
    })
}

/// What stands before each path of the router: nothing on the server, where it has been taken off.
pub(crate) fn router_base() -> &'static str {
    if cfg!(feature = "ssr") { "" } else { current().prefix() }
}

/// Reads the address once, and sends calls to the shop under the same market.
#[cfg(not(feature = "ssr"))]
pub fn enter() {
    let path = window().location().pathname().unwrap_or_default();
    let (market, _) = Market::split(&path);
    if MARKET.set(market).is_ok() {
        leptos::server_fn::client::set_server_url(market.prefix());
    }
}

/// Links to the same page in the other languages and currencies. Every word or price of a page is another there, so it is
/// loaded anew.
#[component]
pub(crate) fn MarketChoice() -> impl IntoView {
    let current = current();
    let languages = Language::OFFERED.map(|language| {
        view! { <MarketLink market=Market { language, ..current } current text=language.name() language=language.tag()/> }.at_once()
    });
    let currencies = Currency::OFFERED
        .map(|currency| view! { <MarketLink market=Market { currency, ..current } current text=currency.code()/> }.at_once());
    view! {
        <div class="flex flex-wrap items-center gap-x-6 gap-y-2 text-sm" data-testid="market">
            <nav aria-label=t::page::language() class="flex items-center gap-1">{languages.into_iter().collect_view()}</nav>
            <nav aria-labelledby="prices-in" class="flex items-center gap-1">
                <span id="prices-in" class="text-soft">{t::page::prices_in()}</span>
                {currencies.into_iter().collect_view()}
            </nav>
        </div>
    }
    .at_once()
}

#[component]
fn MarketLink(market: Market, current: Market, text: &'static str, #[prop(optional)] language: Option<&'static str>) -> impl IntoView {
    let location = use_location();
    let address = move || {
        let search = location.search.get();
        let search = if market.currency == current.currency { search } else { without_prices(&search) };
        let path = location.pathname.with(|path| routes::path_of(path).to_owned());
        let address = if search.is_empty() { path } else { format!("{path}?{search}") };
        format!("{}{}", market.prefix(), routes::own_path_or(Some(&address), routes::HOME))
    };
    view! {
        <a href=address rel="external" lang=language hreflang=language class="market-link" aria-current=(market == current).then_some("true")>
            {text}
        </a>
    }
    .at_once()
}

/// A filter by price is in the currency that was: it goes.
fn without_prices(query: &str) -> String {
    let is_price = |field: &&str| ["min_price=", "max_price=", "currency=", "cursor="].iter().any(|name| field.starts_with(name));
    query.split('&').filter(|field| !is_price(field)).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_by_price_does_not_outlive_its_currency() {
        assert_eq!(without_prices("min_price=10&currency=USD&sort=newest"), "sort=newest");
        assert_eq!(without_prices("max_price=10"), "");
        assert_eq!(without_prices("q=mug"), "q=mug");
    }
}
