use super::store::use_cart;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// How many units the cart holds. Its place is there before the number is known, so nothing moves when it comes.
#[component]
pub(crate) fn CartBadge() -> impl IntoView {
    let cart = use_cart();
    let count = Memo::new(move |_| cart.count());
    let text = move || match count.get() {
        0 => String::new(),
        count @ 1..=99 => count.to_string(),
        _ => "99+".to_owned(),
    };
    view! {
        <span class="cart-badge tabular" class:is-empty=move || count.get() == 0 data-testid="header-cart-count">
            {text}
        </span>
    }
    .at_once()
}
