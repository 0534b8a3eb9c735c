use crate::market::content_language;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Badge, Picture, Price, Stars, Tone};
use domain::catalog::ProductCard as Card;
use leptos::prelude::*;

/// A product in a grid. The whole card leads to it; the title is the link's name.
#[component]
pub(super) fn ProductCard(
    card: Card,
    /// Its picture is on the first screen.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let is_reduced = card.compare_at_price.is_some_and(|before| before.amount > card.price.amount);
    let is_lowest = card.price_max.amount > card.price.amount;
    let (is_bare, image) = (card.image.is_none(), card.image);
    let mark = match (card.in_stock, is_reduced) {
        (false, _) => Some((Tone::Plain, t::catalog::sold_out())),
        (true, true) => Some((Tone::Bad, t::catalog::reduced())),
        (true, false) => None,
    };
    view! {
        <li class="card" class:is-sold-out=!card.in_stock data-testid="product-card">
            <div class="card-picture" class:is-bare=is_bare>
                {image.map(|image| view! { <Picture image sizes="(min-width: 80rem) 18rem, (min-width: 64rem) 23vw, (min-width: 40rem) 31vw, 46vw" first silent=true/> })}
                {mark.map(|(tone, text)| view! { <span class="card-mark"><Badge tone text/></span> })}
            </div>
            <h3 class="mt-3 font-serif text-lg leading-snug text-balance">
                <a href=routes::product(&card.slug) class="card-link" lang=content_language()>{card.title}</a>
            </h3>
            <p class="mt-0.5 text-sm text-soft">{card.seller.name}</p>
            {(card.rating.count > 0).then(|| view! {
                <p class="mt-1 flex items-center gap-1.5 text-sm text-soft">
                    <Stars rating=card.rating/>
                    <span class="tabular" aria-hidden="true">{card.rating.count}</span>
                    <span class="sr-only">{t::catalog::review_count(card.rating.count)}</span>
                </p>
            })}
            <p class="mt-1">
                {is_lowest.then(|| view! { <span class="text-sm text-soft">{t::catalog::price_from()}</span> })}
                <Price amount=card.price compare_at=card.compare_at_price class="font-semibold"/>
            </p>
        </li>
    }
    .at_once()
}

/// Products side by side; the first `first` pictures are on the first screen.
#[component]
pub(super) fn ProductGrid(cards: Vec<Card>, #[prop(default = 0)] first: usize) -> impl IntoView {
    let cards = cards.into_iter().enumerate().map(|(place, card)| view! { <ProductCard card first=place < first/> });
    view! { <ul class="card-grid">{cards.collect_view()}</ul> }.at_once()
}
