//! Every address of the shop in one place: the paths pages stand at, and the builders of links to them. The table that
//! joins paths and pages is in [`crate::App`].

use leptos_router::location::Url;
use std::fmt::Display;

pub const HOME: &str = "/";
pub const SEARCH: &str = "/search";
pub const CART: &str = "/cart";
pub const CHECKOUT: &str = "/checkout";
pub const ACCOUNT: &str = "/account";
pub const SIGN_IN: &str = "/account/sign-in";
pub const REGISTER: &str = "/account/register";
pub const SELL: &str = "/sell";
pub const ADMIN: &str = "/admin";

pub fn category(slug: &str) -> String {
    format!("/c/{slug}")
}

pub fn seller(slug: &str) -> String {
    format!("/s/{slug}")
}

pub fn product(slug: &str) -> String {
    format!("/p/{slug}")
}

/// A product with one of its variants chosen.
pub fn variant(slug: &str, variant: impl Display) -> String {
    format!("/p/{slug}?variant={variant}")
}

pub fn search(question: &str) -> String {
    format!("{SEARCH}?q={}", Url::escape(question))
}

/// The order's page, for its owner.
pub fn order(number: impl Display) -> String {
    format!("/orders/{number}")
}

/// The order's page as it looks right after placing it.
pub fn order_placed(number: impl Display) -> String {
    format!("/orders/{number}?placed=1")
}

/// Where an order is paid, also again after a refused card.
pub fn pay(number: impl Display) -> String {
    format!("/checkout/pay/{number}")
}

/// Where the bank or the hosted payment page sends the shopper back to.
pub fn payment_return(number: impl Display) -> String {
    format!("/checkout/return/{number}")
}

/// Signing in, and then on to `path`.
pub fn sign_in_then(path: &str) -> String {
    with_next(SIGN_IN, path)
}

/// The page at `path`, which leads on to `next` in the end.
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
    fn catalogue_pages_are_nobodys() {
        assert!(["/cart", "/checkout/pay/SK-1", "/orders/SK-1", "/account", "/sell", "/admin"].iter().all(|path| is_personal(path)));
        assert!(["/", "/search", "/c/carts", "/p/cart", "/s/sell", "/cartography"].iter().all(|path| !is_personal(path)));
    }
}
