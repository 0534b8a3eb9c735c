use super::api::SetItem;
use super::cart_lines::full_title;
use super::store::use_cart;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::Icon;
use domain::cart::CartLineView;
use domain::quantity::QUANTITY_MAX;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// One fewer, one more: two buttons of a form, so that they work without script too.
#[component]
pub(super) fn QuantityStepper(line: CartLineView) -> impl IntoView {
    let cart = use_cart();
    let (quantity, title) = (line.quantity, full_title(&line));
    let variant = line.variant_id.to_string();
    let fewer = one_fewer_than(&line);
    let line = StoredValue::new(line);
    // At an end a button is not disabled in earnest: whoever has just pressed it would lose the focus.
    let step = move |to: u32, icon: &'static str, label: String, is_at_end: bool| {
        view! {
            <button
                type="submit"
                name="quantity"
                value=to.to_string()
                class="stepper-button"
                aria-label=label
                aria-disabled=is_at_end.then_some("true")
                on:click=move |event| {
                    event.prevent_default();
                    if !is_at_end {
                        line.with_value(|line| cart.set(line, to));
                    }
                }
            >
                <Icon name=icon class="size-4"/>
            </button>
        }
    };
    view! {
        <form method="post" action=routes::to(SetItem::PATH) class="stepper" aria-label=t::cart::quantity_of(&title)>
            <input type="hidden" name="variant" value=variant/>
            {step(fewer, "minus", t::cart::one_fewer(&title), quantity <= 1)}
            <span class="stepper-number tabular" data-testid="cart-line-quantity">{quantity.to_string()}</span>
            {step((quantity + 1).min(QUANTITY_MAX), "plus", t::cart::one_more(&title), quantity >= QUANTITY_MAX)}
        </form>
    }
    .at_once()
}

/// One unit less; of what is not there in such a number any more, as many as there are: the shop takes no more.
fn one_fewer_than(line: &CartLineView) -> u32 {
    line.obtainable(line.quantity.saturating_sub(1)).max(1)
}

/// Takes the whole line out.
#[component]
pub(super) fn RemoveButton(line: CartLineView) -> impl IntoView {
    let cart = use_cart();
    let variant = line.variant_id.to_string();
    let label = t::cart::remove_line(&full_title(&line));
    let line = StoredValue::new(line);
    view! {
        <form method="post" action=routes::to(SetItem::PATH) class="contents">
            <input type="hidden" name="variant" value=variant/>
            <button
                type="submit"
                name="quantity"
                value="0"
                class="text-button"
                aria-label=label
                on:click=move |event| {
                    event.prevent_default();
                    line.with_value(|line| cart.set(line, 0));
                }
                data-testid="cart-line-remove"
            >
                {t::cart::remove()}
            </button>
        </form>
    }
    .at_once()
}
