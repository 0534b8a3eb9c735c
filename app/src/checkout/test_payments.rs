use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// Says on every page of a shop with the payment sandbox that no money moves. Nothing in any other shop.
#[component]
pub(crate) fn TestPaymentsNotice() -> impl IntoView {
    takes_test_payments()
        .then(|| view! { <aside class="test-payments" aria-label="Test payments">"Test payments: no real money moves in this shop."</aside> })
        .at_once()
}

/// The same answer on both sides: the server knows, and writes it into the page for the browser.
#[cfg(feature = "ssr")]
use crate::context::takes_test_payments;

#[cfg(not(feature = "ssr"))]
fn takes_test_payments() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-test-payments"))
}
