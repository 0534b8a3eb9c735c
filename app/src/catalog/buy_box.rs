use super::delivery::Delivery;
use crate::cart::AddToCart;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Icon, Price};
use domain::cart::CartLineView;
use domain::catalog::{Availability, ProductView, VariantView};
use domain::pricing::SellerName;
use domain::sellers::DeliveryView;
use leptos::prelude::*;

/// Price, stock and the way into the cart, for the chosen variant.
#[component]
pub(super) fn BuyBox(product: ProductView, chosen: VariantView, deliveries: Vec<DeliveryView>) -> impl IntoView {
    let is_out = chosen.availability == Availability::Out;
    let line = (!is_out).then(|| cart_line(&product, &chosen));
    view! {
        <StockState chosen=chosen.clone()/>
        <div class="buy-bar">
            <p class="buy-bar-price"><Price amount=chosen.price class="font-semibold"/></p>
            <AddToCart line available=chosen.available unavailable=t::catalog::sold_out()/>
        </div>
        <ul class="mt-5 space-y-2 text-sm text-soft">
            <li class="flex gap-2"><Icon name="truck" class="mt-0.5 size-4 shrink-0"/> <Delivery seller=product.seller.name.clone() deliveries/></li>
            <li class="flex gap-2"><Icon name="lock" class="mt-0.5 size-4 shrink-0"/> <span>{t::catalog::promise()}</span></li>
        </ul>
    }
    .at_once()
}

#[component]
fn StockState(chosen: VariantView) -> impl IntoView {
    let class = match chosen.availability {
        Availability::InStock => "stock stock-good",
        Availability::Low => "stock stock-low",
        Availability::Out => "stock stock-out",
    };
    let text = stock_text(&chosen);
    view! { <p class=class data-testid="product-stock"><span class="stock-dot" aria-hidden="true"></span>{text}</p> }.at_once()
}

/// Whether it can be had, and how many where they are few.
pub(super) fn stock_text(chosen: &VariantView) -> String {
    match chosen.availability {
        Availability::InStock => t::catalog::stock_good().to_owned(),
        Availability::Low => t::catalog::stock_low(&chosen.available.to_string()),
        Availability::Out => t::catalog::stock_out().to_owned(),
    }
}

/// How the variant will look in the cart before the shop has answered.
fn cart_line(product: &ProductView, chosen: &VariantView) -> CartLineView {
    CartLineView {
        id: chosen.id,
        variant_id: chosen.id,
        product_slug: product.slug.clone(),
        title: product.title.clone(),
        options: chosen.options.clone(),
        seller: SellerName { slug: product.seller.slug.clone(), name: product.seller.name.clone() },
        quantity: 1,
        unit_price: chosen.price,
        line_total: chosen.price,
        image: product.images_of(chosen.id).into_iter().next(),
        problems: Vec::new(),
    }
}
