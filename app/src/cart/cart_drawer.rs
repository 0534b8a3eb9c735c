use super::cart_lines::CartLines;
use super::cart_page::{CartMessage, UndoRemoval};
use super::store::use_cart;
use crate::routes;
use crate::t;
use crate::ui::{AtOnce as _, ButtonKind, Dialog, EmptyState, Price, button_class};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The cart beside the page: opens when something is added, so that the shopper sees what happened and goes on. It is
/// loaded when it opens for the first time.
#[component]
pub(crate) fn CartDrawer() -> impl IntoView {
    let cart = use_cart();
    let path = use_location().pathname;
    // Whatever leads to another page closes it.
    Effect::new(move |_| {
        path.track();
        cart.drawer.set(false);
    });
    let was_opened = Memo::new(move |before: Option<&bool>| before == Some(&true) || cart.drawer.get());
    move || was_opened.get().then(|| Suspend::new(drawer()))
}

#[lazy]
fn drawer() -> AnyView {
    view! { <Drawer/> }.at_once()
}

#[component]
fn Drawer() -> impl IntoView {
    let cart = use_cart();
    let title = move || match cart.count() {
        0 => t::cart::title().to_owned(),
        count => t::cart::title_with_count(&count.to_string()),
    };
    let is_cart_blocked = Memo::new(move |_| cart.shown().is_some_and(|shown| shown.is_blocked()));
    view! {
        <Dialog open=cart.drawer title id="cart-drawer" class="drawer">
            <div class="drawer-body">
                <CartMessage/>
                <UndoRemoval/>
                {move || {
                    let shown = cart.drawer.get().then(|| cart.shown()).flatten();
                    shown.map(|shown| if shown.lines.is_empty() {
                        view! {
                            <EmptyState icon="bag" title=t::cart::drawer_empty_title() text=t::cart::drawer_empty_text()>
                                <a href=routes::to(routes::SEARCH) class=button_class(ButtonKind::Secondary)>
                                    {t::cart::browse_everything()}
                                </a>
                            </EmptyState>
                        }.at_once()
                    } else {
                        view! { <CartLines cart=shown/> }.at_once()
                    })
                }}
            </div>
            <footer class="drawer-footer">
                <p class="flex items-baseline justify-between gap-4 text-lg font-semibold">
                    <span>{t::cart::subtotal()}</span>
                    {move || cart.shown().map(|shown| view! { <Price amount=shown.subtotal test_id="drawer-subtotal"/> })}
                </p>
                <div class="mt-3 grid gap-2 sm:grid-cols-2">
                    <a href=routes::to(routes::CART) class=button_class(ButtonKind::Secondary) data-testid="drawer-cart">
                        {t::cart::view()}
                    </a>
                    {move || if is_cart_blocked.get() {
                        view! { <p class="text-sm text-bad">{t::cart::blocked()}</p> }.at_once()
                    } else {
                        view! {
                            <a href=routes::to(routes::CHECKOUT) class=button_class(ButtonKind::Primary) data-testid="drawer-checkout">
                                {t::cart::to_checkout()}
                            </a>
                        }.at_once()
                    }}
                </div>
            </footer>
        </Dialog>
    }
    .at_once()
}
