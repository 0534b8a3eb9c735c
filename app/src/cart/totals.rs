use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, Price, button_class};
use crate::visitor::use_visitor;
use domain::cart::CartView;
use domain::money::Money;
use leptos::prelude::*;

/// What the cart comes to, and the way to pay it.
#[component]
pub(super) fn Totals(cart: CartView, #[prop(into)] busy: Signal<bool>) -> impl IntoView {
    // Only after the page was taken over: the server does not know who looks.
    let visitor = use_visitor();
    let has_account = RwSignal::new(false);
    Effect::new(move |_| has_account.set(visitor.name().is_some()));
    let is_blocked = cart.is_blocked();
    let discount = (cart.discount.amount != 0).then_some(Money::new(-cart.discount.amount, cart.discount.currency));
    view! {
        <div class="totals">
            <dl class="space-y-2">
                <TotalRow label=t::cart::subtotal() amount=Some(cart.subtotal)/>
                {discount.map(|discount| view! { <TotalRow label=t::cart::discount() amount=Some(discount)/> })}
                <TotalRow label=t::cart::shipping() amount=cart.shipping/>
                <TotalRow label=t::cart::tax() amount=cart.tax/>
                <div class="flex items-baseline justify-between gap-4 border-t border-line pt-3 text-lg font-semibold">
                    <dt>{if cart.shipping.is_some() { t::cart::total() } else { t::cart::total_so_far() }}</dt>
                    <dd><Price amount=cart.total test_id="cart-total"/></dd>
                </div>
            </dl>
            {if is_blocked {
                view! {
                    <p class="mt-4 text-sm text-bad" id="cart-blocked">{t::cart::blocked()}</p>
                }.at_once()
            } else {
                view! {
                    <a
                        href=routes::to(routes::CHECKOUT)
                        class=format!("{} mt-5 w-full", button_class(ButtonKind::Primary))
                        aria-busy=move || busy.get().then_some("true")
                        data-testid="cart-checkout"
                    >
                        {t::cart::to_checkout()}
                    </a>
                }.at_once()
            }}
            <p class="mt-3 text-center text-sm text-soft">
                <span class:hidden=has_account>{t::cart::no_account_needed()} " "</span> {t::cart::nothing_charged_yet()}
            </p>
        </div>
    }
    .at_once()
}

/// An amount that only an address can settle says so instead.
#[component]
fn TotalRow(label: &'static str, #[prop(optional_no_strip)] amount: Option<Money>) -> impl IntoView {
    view! {
        <div class="flex items-baseline justify-between gap-4">
            <dt class="text-soft">{label}</dt>
            <dd>
                {match amount {
                    Some(amount) => view! { <Price amount/> }.at_once(),
                    None => view! { <span class="text-sm text-soft">{t::cart::at_checkout()}</span> }.at_once(),
                }}
            </dd>
        </div>
    }
    .at_once()
}
