use super::api::AddItem;
use super::store::use_cart;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind};
use domain::cart::CartLineView;
use domain::quantity::{QUANTITY_MAX, Quantity};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wasm_bindgen::JsCast;

/// The form that puts a variant into the cart: how many, and the button. `line` is how the variant looks in a cart;
/// without one there is nothing to buy and the button says why.
#[component]
pub fn AddToCart(
    line: Option<CartLineView>,
    /// Units that can be had now.
    available: u32,
    /// What the button says while nothing can be bought.
    #[prop(into)]
    unavailable: String,
) -> impl IntoView {
    let cart = use_cart();
    let can_buy = line.is_some() && available > 0;
    let variant = line.as_ref().map(|line| line.variant_id.to_string());
    let line = StoredValue::new(line);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let field = form.and_then(|form| form.query_selector("[name=quantity]").ok().flatten());
        let typed = field.and_then(|field| field.dyn_into::<web_sys::HtmlSelectElement>().ok()).map(|field| field.value());
        let quantity = typed.and_then(|typed| typed.parse::<u32>().ok()).and_then(|number| Quantity::try_from(number).ok());
        // Anything unexpected goes the plain way: the browser posts the form.
        if let (Some(line), Some(quantity)) = (line.get_value(), quantity) {
            event.prevent_default();
            cart.add(line, quantity);
        }
    };
    let most = available.clamp(1, QUANTITY_OFFERED_MAX.min(QUANTITY_MAX));
    view! {
        <form method="post" action=routes::to(AddItem::PATH) class="buy-form" on:submit=on_submit data-testid="product-buy">
            <input type="hidden" name="variant" value=variant/>
            <div class="select quantity-select">
                <label for="buy-quantity" class="sr-only">{t::cart::quantity()}</label>
                <select id="buy-quantity" name="quantity" class="input tabular" disabled=!can_buy>
                    {(1..=most).map(|number| view! { <option value=number.to_string()>{number.to_string()}</option> }).collect_view()}
                </select>
                <crate::ui::Icon name="chevron-down" class="select-arrow size-4"/>
            </div>
            <Button kind=ButtonKind::Primary wide=true disabled=Signal::stored(!can_buy) test_id="product-add-to-cart">
                {if can_buy { t::cart::add().to_owned() } else { unavailable }}
            </Button>
        </form>
    }
    .at_once()
}

/// Whoever wants more changes it in the cart.
const QUANTITY_OFFERED_MAX: u32 = 10;
