use super::line_problems::LineProblems;
use super::quantity_stepper::{QuantityStepper, RemoveButton};
use crate::market::content_language;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Icon, Picture, Price};
use domain::cart::{CartLineView, CartView, LineProblem};
use leptos::prelude::*;

/// The lines of a cart, seller by seller: each seller sends a parcel of their own.
#[component]
pub(super) fn CartLines(cart: CartView) -> impl IntoView {
    let groups = cart.by_seller().into_iter().map(|(seller, lines)| {
        let lines: Vec<CartLineView> = lines.into_iter().cloned().collect();
        view! {
            <section class="cart-group" aria-label=t::cart::seller_group(&seller.name)>
                <h3 class="flex items-center gap-2 text-sm text-soft">
                    <Icon name="store" class="size-4"/>
                    <span>
                        {t::cart::from_seller()} <a href=routes::seller(&seller.slug) class="quiet-link text-ink">{seller.name.clone()}</a>
                    </span>
                </h3>
                <ul class="divide-y divide-line">{lines.into_iter().map(|line| view! { <CartLine line/> }).collect_view()}</ul>
            </section>
        }
    });
    groups.collect_view().at_once()
}

#[component]
fn CartLine(line: CartLineView) -> impl IntoView {
    let address = routes::variant(&line.product_slug, line.variant_id);
    let options = options_text(&line);
    let is_gone = line.problems.iter().any(LineProblem::ends_line);
    view! {
        <li class="cart-line" data-testid="cart-line">
            <a href=address.clone() class="cart-line-picture" class:is-bare=line.image.is_none() tabindex="-1" aria-hidden="true">
                {line.image.clone().map(|image| view! { <Picture image sizes="6rem" silent=true/> })}
            </a>
            <div class="min-w-0 flex-1">
                <div class="flex items-start justify-between gap-3">
                    <div class="min-w-0" lang=content_language()>
                        <a href=address class="plain-link font-serif text-lg leading-snug">{line.title.clone()}</a>
                        {(!options.is_empty()).then(|| view! { <p class="text-sm text-soft"><bdi>{options}</bdi></p> })}
                    </div>
                    <div class="shrink-0 text-end">
                        <Price amount=line.line_total class="font-semibold" test_id="cart-line-total"/>
                        {(line.quantity > 1).then(|| view! {
                            <p class="text-sm text-soft" data-testid="cart-line-each">{t::cart::each(&t::money(line.unit_price))}</p>
                        })}
                    </div>
                </div>
                <LineProblems problems=line.problems.clone()/>
                <div class="mt-2.5 flex items-center justify-between gap-3">
                    {(!is_gone).then(|| view! { <QuantityStepper line=line.clone()/> })}
                    <RemoveButton line=line.clone()/>
                </div>
            </div>
        </li>
    }
    .at_once()
}

/// `Moss, Large`; nothing for a product without options.
fn options_text(line: &CartLineView) -> String {
    line.options.values().cloned().collect::<Vec<_>>().join(", ")
}

/// What a line is called, also where two variants of a product are in the cart: `Mug, Moss, Large`.
pub(crate) fn full_title(line: &CartLineView) -> String {
    let options = options_text(line);
    if options.is_empty() { line.title.clone() } else { line.title.clone() + ", " + &options }
}
