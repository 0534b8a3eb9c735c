//! Which pages the browser loads together: looking around, choosing, paying, and what belongs to the visitor.
//!
//! Fewer parts than pages, because whatever several parts have in common becomes a file for each combination of them that
//! occurs, and each file is a request.

use crate::{accounts, admin, cart, catalog, checkout, orders, sellers};
use leptos::prelude::*;
use leptos_router::LazyRoute;

/// Declares a part and its pages. A page is named by a value and not by its function: what the table of routes mentions
/// would be loaded by everyone.
macro_rules! part {
    ($(#[$lint:meta])* $load:ident, $Part:ident { $($Page:ident: $view:path),* $(,)? }) => {
        #[derive(Clone, Copy)]
        $(#[$lint])*
        enum $Part {
            $($Page,)*
        }

        #[lazy]
        fn $load(page: $Part) -> AnyView {
            match page {
                $($Part::$Page => $view(),)*
            }
        }

        $(
            #[derive(Debug)]
            pub(crate) struct $Page;

            impl LazyRoute for $Page {
                fn data() -> Self {
                    Self
                }

                async fn view(_page: Self) -> AnyView {
                    $load($Part::$Page).await
                }
            }
        )*
    };
}

part!(
    #[expect(clippy::enum_variant_names, reason = "the routes name them like this")]
    browsing,
    Browsing {
        HomePage: catalog::home_page,
        CategoryPage: catalog::category_page,
        SearchPage: catalog::search_page,
        SellerPage: catalog::seller_page,
    }
);

part!(choosing, Choosing { ProductPage: catalog::product_page });

part!(
    #[expect(clippy::enum_variant_names, reason = "the routes name them like this")]
    paying,
    Paying { CheckoutPage: checkout::checkout_page, PayPage: checkout::pay_page, ReturnPage: checkout::return_page }
);

part!(
    #[expect(clippy::enum_variant_names, reason = "the routes name them like this")]
    owning,
    Owning {
        CartPage: cart::cart_page,
        OrderPage: orders::order_page,
        AccountPage: accounts::account_page,
        AddressPage: accounts::address_page,
        SignInPage: accounts::sign_in_page,
        RegisterPage: accounts::register_page,
        VerifyPage: accounts::verify_page,
        SellPage: sellers::sell_page,
        AdminPage: admin::admin_page,
    }
);
