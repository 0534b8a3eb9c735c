//! Every address of the shop in one place: the paths pages stand at, and the builders of links to them. The table that
//! joins paths and pages is in [`crate::App`]. A path says nothing of language and currency; a link leads to the path in
//! those of the page it stands on, which [`to`] and the builders put in front.

use crate::market;
use domain::id::AddressId;
use domain::market::Market;
use leptos_router::location::Url;
use std::fmt::Display;

pub const HOME: &str = "/";
pub const SEARCH: &str = "/search";
pub const CART: &str = "/cart";
pub const CHECKOUT: &str = "/checkout";
pub const ACCOUNT: &str = "/account";
pub const ADDRESS: &str = "/account/address";
pub const SIGN_IN: &str = "/account/sign-in";
pub const REGISTER: &str = "/account/register";
/// Where the mailed link leads that verifies an address.
pub const VERIFY: &str = "/account/verify";
pub const SELL: &str = "/sell";
pub const ADMIN: &str = "/admin";

/// The link to a path.
pub fn to(path: &str) -> String {
    within(market::current(), path)
}

/// The link to a path in a market that is known otherwise: outside of pages and their functions.
pub fn within(market: Market, path: &str) -> String {
    format!("{}{path}", market.prefix())
}

/// The path that a link leads to.
pub fn path_of(link: &str) -> &str {
    Market::split(link).1
}

pub fn category(slug: &str) -> String {
    to(&format!("/c/{slug}"))
}

pub fn seller(slug: &str) -> String {
    to(&format!("/s/{slug}"))
}

pub fn product(slug: &str) -> String {
    to(&format!("/p/{slug}"))
}

/// All reviews of a product, on its page.
pub fn reviews(slug: &str) -> String {
    to(&format!("/p/{slug}?reviews=all#reviews"))
}

/// A product with one of its variants chosen.
pub fn variant(slug: &str, variant: impl Display) -> String {
    to(&format!("/p/{slug}?variant={variant}"))
}

pub fn search(question: &str) -> String {
    to(&format!("{SEARCH}?q={}", Url::escape(question)))
}

/// The order's page, for its owner.
pub fn order(number: impl Display) -> String {
    order_within(market::current(), number)
}

/// As [`order`], where no page is rendered.
pub fn order_within(market: Market, number: impl Display) -> String {
    within(market, &format!("/orders/{number}"))
}

/// The number in the link to an order's page.
pub fn order_of(path: &str) -> Option<&str> {
    path_of(path).strip_prefix("/orders/").map(|rest| rest.split(['?', '#']).next().unwrap_or(rest))
}

/// The order's page as it looks right after placing it.
pub fn order_placed(number: impl Display) -> String {
    to(&format!("/orders/{number}?placed=1"))
}

/// Where an order is paid, also again after a refused card.
pub fn pay(number: impl Display) -> String {
    to(&format!("/checkout/pay/{number}"))
}

/// Where the bank or the hosted payment page sends the shopper back to.
pub fn payment_return(number: impl Display) -> String {
    to(&format!("/checkout/return/{number}"))
}

/// Where an address of the account is changed; without one, where one is added.
pub fn address(id: Option<AddressId>) -> String {
    to(&id.map_or_else(|| ADDRESS.to_owned(), |id| format!("{ADDRESS}?id={id}")))
}

/// Signing in, and then on to the link `path`.
pub fn sign_in_then(path: &str) -> String {
    with_next(&to(SIGN_IN), path)
}

/// The mailed link again, after a sign-in.
pub fn verify(token: &str) -> String {
    to(&format!("{VERIFY}?token={}", Url::escape(token)))
}

/// The link `path` to a page which leads on to the link `next` in the end.
pub fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() { path.to_owned() } else { format!("{path}?next={}", Url::escape(next)) }
}

/// A path of this shop taken from a query parameter, or `otherwise`: never another site's address.
pub fn own_path_or(path: Option<&str>, otherwise: &str) -> String {
    match path {
        // Only what a header can carry, and nothing a browser could read as another host (`//`, `/\`).
        Some(path)
            if path.starts_with('/') && !path.starts_with("//") && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') =>
        {
            path.to_owned()
        }
        _ => otherwise.to_owned(),
    }
}

/// Whether the page at this path depends on who asks. All others are the same bytes for everyone, per address and theme.
pub fn is_personal(path: &str) -> bool {
    [CART, CHECKOUT, "/orders", ACCOUNT, SELL, ADMIN]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Whether the payment form, and so the payment gateway's script, may stand on the page at this path.
pub fn takes_payment(path: &str) -> bool {
    path.starts_with("/checkout")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_shop_are_followed() {
        assert_eq!(own_path_or(Some("/checkout?a=b"), "/"), "/checkout?a=b");
        for path in ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/a\nb", "/ä", "checkout", ""] {
            assert_eq!(own_path_or(Some(path), "/account"), "/account", "{path:?}");
        }
        assert_eq!(own_path_or(None, "/account"), "/account");
    }

    #[test]
    fn an_orders_number_is_read_from_its_path() {
        assert_eq!(order_of(&order_placed("SK-1234-5678")), Some("SK-1234-5678"));
        assert_eq!(order_of("/account"), None);
    }

    #[test]
    fn catalogue_pages_are_nobodys() {
        assert!(["/cart", "/checkout/pay/SK-1", "/orders/SK-1", "/account", "/sell", "/admin"].iter().all(|path| is_personal(path)));
        assert!(["/", "/search", "/c/carts", "/p/cart", "/s/sell", "/cartography"].iter().all(|path| !is_personal(path)));
    }
}
