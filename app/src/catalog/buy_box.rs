use crate::cart::AddToCart;
use crate::ui::AtOnce as _;
use crate::ui::{Icon, Price};
use domain::cart::CartLineView;
use domain::catalog::{Availability, ProductView, VariantView};
use domain::pricing::SellerName;
use leptos::prelude::*;

/// Price, stock and the way into the cart, for the chosen variant.
#[component]
pub(super) fn BuyBox(product: ProductView, chosen: VariantView) -> impl IntoView {
    let is_out = chosen.availability == Availability::Out;
    let line = (!is_out).then(|| cart_line(&product, &chosen));
    view! {
        <StockState availability=chosen.availability available=chosen.available/>
        <div class="buy-bar">
            <p class="buy-bar-price"><Price amount=chosen.price class="font-semibold"/></p>
            <AddToCart line available=chosen.available unavailable="Sold out"/>
        </div>
        <ul class="mt-5 space-y-2 text-sm text-soft">
            <li class="flex gap-2"><Icon name="truck" class="mt-0.5 size-4 shrink-0"/> <span>"Sent by " {product.seller.name.clone()} ". Shipping and delivery dates are shown before you pay."</span></li>
            <li class="flex gap-2"><Icon name="lock" class="mt-0.5 size-4 shrink-0"/> <span>"Buy as a guest. Your card never touches our servers."</span></li>
        </ul>
    }
    .at_once()
}

#[component]
fn StockState(availability: Availability, available: u32) -> impl IntoView {
    let (class, text) = match availability {
        Availability::InStock => ("stock stock-good", "In stock".to_owned()),
        Availability::Low => ("stock stock-low", format!("Only {available} left")),
        Availability::Out => ("stock stock-out", "Sold out for now".to_owned()),
    };
    view! { <p class=class data-testid="product-stock"><span class="stock-dot" aria-hidden="true"></span>{text}</p> }.at_once()
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
