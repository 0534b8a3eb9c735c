use super::option_name::option_name;
use crate::market::content_language;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::Picture;
use domain::catalog::{ProductView, ValueChoice, ValueStanding, VariantView};
use leptos::prelude::*;

/// The options of a product. Each value is a link to the variant it leads to, so the choice stands in the address and
/// works without script; what does not go together or is sold out looks so. Values
/// that look different are shown by their pictures beside their names.
#[component]
pub(super) fn VariantPicker(product: ProductView, chosen: VariantView) -> impl IntoView {
    let groups = product.options.iter().map(|option| {
        let own = chosen.options.get(&option.name).cloned().unwrap_or_default();
        let choices = product.value_choices(&option.name, &chosen);
        let (name, language) = option_name(&option.name);
        let label = name.clone();
        let links = choices.into_iter().map(|choice| view! { <Value slug=product.slug.clone() choice/> });
        view! {
            <div role="group" aria-label=label class="option-group">
                <p class="text-sm">
                    <span class="text-soft" lang=language>{name} ": "</span>
                    <span class="font-semibold" lang=content_language()>{own}</span>
                </p>
                <ul class="mt-2 flex flex-wrap gap-2">{links.collect_view()}</ul>
            </div>
        }
    });
    groups.collect_view().at_once()
}

#[component]
fn Value(slug: String, choice: ValueChoice) -> impl IntoView {
    let ValueChoice { value, variant, is_chosen, standing, image } = choice;
    let address = variant.map(|variant| routes::variant(&slug, variant));
    let hint = match standing {
        ValueStanding::Available => None,
        ValueStanding::SoldOut => Some(t::catalog::value_sold_out()),
        ValueStanding::NotTogether => Some(t::catalog::value_missing()),
    };
    let has_image = image.is_some();
    view! {
        <li>
            <a
                href=address
                class="option-value"
                class:has-picture=has_image
                class:is-sold-out=standing == ValueStanding::SoldOut
                class:is-missing=standing == ValueStanding::NotTogether
                aria-current=is_chosen.then_some("true")
                data-noscroll=""
                prop:replace=true
                data-testid="product-option"
            >
                {image.map(|image| view! { <Picture image sizes="2.5rem" silent=true class="option-picture"/> })}
                <span lang=content_language()>{value}</span>
                {hint.map(|hint| view! { <span class="sr-only">{hint}</span> })}
            </a>
        </li>
    }
    .at_once()
}
