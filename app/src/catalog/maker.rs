use super::api::listing;
use super::product_card::ProductGrid;
use crate::countries::country_name;
use crate::market::content_language;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Icon, Stars};
use domain::catalog::{ListingQuery, ProductCard};
use domain::id::ProductId;
use domain::money::Currency;
use domain::sellers::SellerView;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Products of the same maker that a product's page shows.
const MORE_SHOWN: usize = 4;

/// Where a maker works: `Asheville, United States`.
pub(super) fn place(maker: &SellerView) -> String {
    [maker.city.as_str(), country_or_code(&maker.country)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The name of a country, or its code where Souk has no name for it.
pub(super) fn country_or_code(code: &str) -> &str {
    Some(country_name(code)).filter(|name| !name.is_empty()).unwrap_or(code)
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
                <p class="text-sm text-soft">{t::catalog::maker_label()}</p>
                <a href=routes::seller(&maker.slug) class="card-link font-serif text-lg leading-snug">{maker.name.clone()}</a>
                <p class="text-sm text-soft">{place}</p>
                {(maker.rating.count > 0).then(|| view! {
                    <p class="flex items-center gap-1.5 text-sm text-soft">
                        <Stars rating=maker.rating/> {t::catalog::review_count(maker.rating.count)}
                    </p>
                })}
            </div>
            <Icon name="arrow-right" class="ms-auto mirrors size-5 shrink-0 text-soft"/>
        </div>
        <Policies maker/>
    }
    .at_once()
}

/// How a maker sends things, and takes them back.
#[component]
pub(super) fn Policies(maker: SellerView) -> impl IntoView {
    view! {
        <Policy title=t::catalog::maker_shipping() text=maker.shipping_policy/>
        <Policy title=t::catalog::maker_returns() text=maker.returns_policy/>
    }
    .at_once()
}

/// What the maker promises, in their own words; nothing where they say nothing.
#[component]
fn Policy(title: &'static str, text: String) -> impl IntoView {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    let paragraphs = paragraphs.map(|text| view! { <p class="mt-2" lang=content_language()>{text.to_owned()}</p> }).collect_view();
    (!paragraphs.is_empty())
        .then(|| {
            view! {
                <details class="policy">
                    <summary>{title}</summary>
                    {paragraphs}
                </details>
            }
        })
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
    let title = t::catalog::maker_more(&maker.name);
    let path = routes::seller(&maker.slug);
    move || {
        {
            let cards = cards.get();
            (!cards.is_empty()).then(|| {
                view! {
                    <section class="section" aria-labelledby="more">
                        <div class="section-head">
                            <h2 id="more" class="section-title">{title.clone()}</h2>
                            <a href=path.clone() class="more-link">
                                {t::catalog::maker_all()} <Icon name="arrow-right" class="size-4 mirrors"/>
                            </a>
                        </div>
                        <ProductGrid cards/>
                    </section>
                }
            })
        }
        .at_once()
    }
}
