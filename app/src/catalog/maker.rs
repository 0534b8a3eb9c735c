use super::api::listing;
use super::product_card::ProductGrid;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::Icon;
use domain::catalog::{ListingQuery, ProductCard};
use domain::country::country;
use domain::id::ProductId;
use domain::money::Currency;
use domain::sellers::SellerView;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Products of the same maker that a product's page shows.
const MORE_SHOWN: usize = 4;

/// Where a maker works: `Asheville, United States`.
pub(super) fn place(maker: &SellerView) -> String {
    let country = country(&maker.country).map_or(maker.country.as_str(), |country| country.name);
    [maker.city.as_str(), country].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Who makes and sends it.
#[component]
pub(super) fn MakerCard(maker: SellerView) -> impl IntoView {
    let place = place(&maker);
    let initial: String = maker.name.chars().take(1).collect();
    view! {
        <div class="seller-card">
            <span class="seller-mark" aria-hidden="true">{initial}</span>
            <div class="min-w-0">
                <p class="text-sm text-soft">"Made and sold by"</p>
                <a href=routes::seller(&maker.slug) class="card-link font-serif text-lg leading-snug">{maker.name}</a>
                <p class="text-sm text-soft">{place}</p>
            </div>
            <Icon name="arrow-right" class="ml-auto size-5 shrink-0 text-soft"/>
        </div>
    }
    .at_once()
}

/// What else the maker has. An extra at the foot of the page: the browser asks for it once the page is there.
#[component]
pub(super) fn MoreFromMaker(maker: SellerView, product: ProductId, currency: Currency) -> impl IntoView {
    let cards = RwSignal::new(Vec::<ProductCard>::new());
    let slug = maker.slug.clone();
    Effect::new(move |_| {
        // One more than shown: the product itself may be among them.
        let limit = u32::try_from(MORE_SHOWN + 1).unwrap_or_default();
        let query = ListingQuery { seller: Some(slug.clone()), in_stock: true, currency, limit, ..ListingQuery::default() };
        spawn_local(async move {
            // Without an answer the page simply ends here.
            if let Ok(found) = listing(query).await {
                cards.try_set(found.items.into_iter().filter(|card| card.id != product).take(MORE_SHOWN).collect());
            }
        });
    });
    let title = format!("More from {}", maker.name);
    let path = routes::seller(&maker.slug);
    move || {
        {
            let cards = cards.get();
            (!cards.is_empty()).then(|| {
                view! {
                    <section class="section" aria-labelledby="more">
                        <div class="section-head">
                            <h2 id="more" class="section-title">{title.clone()}</h2>
                            <a href=path.clone() class="more-link">"See all" <Icon name="arrow-right" class="size-4"/></a>
                        </div>
                        <ProductGrid cards/>
                    </section>
                }
            })
        }
        .at_once()
    }
}
