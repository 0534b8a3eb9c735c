use super::api::{ProductPage, load_product_page};
use super::buy_box::{BuyBox, stock_text};
use super::gallery::Gallery;
use super::maker::{MakerCard, MoreFromMaker};
use super::page_address::{PageAddress, use_page_address};
use super::reviews::{RatingLink, Reviews};
use super::structured_data;
use super::variant_picker::VariantPicker;
use crate::market;
use crate::market::content_language;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Breadcrumbs, Crumb, Head, JsonLd, PageHeading, Price, SanitisedHtml, Skeleton, announce};
use domain::catalog::ProductView;
use domain::id::VariantId;
use domain::sellers::DeliveryView;
use leptos::prelude::*;

/// One product, with the variant the address asks for.
pub(crate) fn product_page() -> AnyView {
    let address = use_page_address("/p/");
    let variant = Memo::new(move |_| address.with(|address| address.query.get_str("variant").and_then(|id| id.parse::<VariantId>().ok())));
    let page = page_data(
        move || address.with(|address| format!("{} {}", address.slug, wants_all_reviews(address))),
        move |_| {
            let address = address.get_untracked();
            load_product_page(address.slug.clone(), market::current().currency, wants_all_reviews(&address))
        },
    );
    page.show(|| view! { <ProductSkeleton/> }.at_once(), move |found| view! { <ProductContent found variant/> }.at_once())
}

fn wants_all_reviews(address: &PageAddress) -> bool {
    address.query.get_str("reviews") == Some("all")
}

#[component]
fn ProductContent(found: ProductPage, variant: Memo<Option<VariantId>>) -> impl IntoView {
    let ProductPage { product, maker, reviews } = found;
    let mut crumbs = vec![Crumb::new("Souk", routes::to(routes::HOME))];
    let categories = product.department.iter().chain([&product.category]);
    crumbs.extend(categories.map(|category| Crumb::new(&category.name, routes::category(&category.slug))));
    let description = product.description_html.clone();
    let has_description = !description.is_empty();
    let (id, currency) = (product.id, product.variants.first().map(|variant| variant.price.currency).unwrap_or_default());
    let (title, slug, rating) = (product.title.clone(), product.slug.clone(), product.rating);
    let deliveries = StoredValue::new(maker.deliveries.clone());
    let product = StoredValue::new(product);
    // Pictures change only where the variants look different.
    let images = Memo::new(move |_| {
        product.with_value(|product| product.chosen_variant(variant.get()).map(|chosen| product.images_of(chosen.id)).unwrap_or_default())
    });
    // The price and the stock change away from the option that was pressed.
    Effect::new(move |before: Option<Option<VariantId>>| {
        let now = variant.get();
        if before.is_some_and(|before| before != now) {
            product.with_value(|product| {
                let chosen = product.chosen_variant(now).filter(|chosen| Some(chosen.id) == now);
                if let Some(chosen) = chosen {
                    announce(format!("{}, {}", t::money(chosen.price), stock_text(chosen)));
                }
            });
        }
        now
    });
    let choice = move || {
        product.with_value(|product| {
            product
                .chosen_variant(variant.get())
                .cloned()
                .map(|chosen| view! { <Choice product=product.clone() chosen deliveries=deliveries.get_value()/> })
        })
    };
    view! {
        <ProductHead product/>
        <div class="page-wide pt-5 sm:pt-8">
        <Breadcrumbs crumbs here=title.clone()/>
        <article class="product">
            <div class="product-gallery">{move || view! { <Gallery images=images.get()/> }}</div>
            <div class="product-facts">
                <div lang=content_language()><PageHeading text=title class="product-title"/></div>
                <RatingLink rating/>
                {choice}
                <MakerCard maker=maker.clone()/>
                {has_description.then(|| view! {
                    <section aria-labelledby="about" class="mt-8 border-t border-line pt-6">
                        <h2 id="about" class="font-serif text-2xl">{t::catalog::about_title()}</h2>
                        <SanitisedHtml html=description class="prose mt-3"/>
                    </section>
                })}
            </div>
        </article>
        <Reviews slug rating reviews/>
        </div>
        <MoreFromMaker maker product=id currency/>
    }
    .at_once()
}

/// Everything that depends on the chosen variant.
#[component]
fn Choice(product: ProductView, chosen: domain::catalog::VariantView, deliveries: Vec<DeliveryView>) -> impl IntoView {
    let sku = chosen.sku.clone();
    let (told, told_of) = (product.clone(), chosen.clone());
    view! {
        <p class="mt-3 text-2xl">
            <Price amount=chosen.price compare_at=chosen.compare_at_price class="font-semibold" test_id="product-price"/>
        </p>
        {chosen.unit_price.zip(chosen.unit.as_deref()).map(|(price, unit)| view! {
            <p class="tabular text-sm text-soft" data-testid="product-unit-price">{t::catalog::unit_price(&t::money(price), unit)}</p>
        })}
        <VariantPicker product=product.clone() chosen=chosen.clone()/>
        <BuyBox product chosen deliveries/>
        <p class="mt-4 text-sm text-soft">{t::catalog::item()} <span class="tabular">{sku}</span></p>
        <JsonLd json=move || structured_data::product(&told, &told_of)/>
    }
    .at_once()
}

#[component]
fn ProductHead(product: StoredValue<ProductView>) -> impl IntoView {
    product.with_value(|product| {
        let image = product.images.first().map(|image| image.url.clone());
        view! {
            <Head
                title=product.title.clone()
                description=t::catalog::product_description(&product.seller.name, &product.title)
                canonical=routes::product(&product.slug)
                image=image.unwrap_or_else(|| "/favicon.svg".to_owned())
            />
        }
    })
}

#[component]
fn ProductSkeleton() -> impl IntoView {
    view! {
        <div class="page-wide pt-5 sm:pt-8">
        <Skeleton class="block h-5 w-48"/>
        <div class="product">
            <Skeleton class="block aspect-square w-full"/>
            <div class="space-y-4">
                <Skeleton class="block h-10 w-4/5"/>
                <Skeleton class="block h-8 w-32"/>
                <Skeleton class="block h-24 w-full"/>
                <Skeleton class="block h-12 w-full"/>
            </div>
        </div>
        </div>
    }
    .at_once()
}
