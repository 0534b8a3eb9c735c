use super::facets::shown_at_once;
use super::listing_address::{major_units, sort_name};
use super::option_name::option_name;
use crate::market;
use crate::market::content_language;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, GetForm, Icon, button_class};
use domain::catalog::{Facet, FacetValue, ListingQuery};
use leptos::ev::FocusEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// The filters as one form: OR inside a group, AND between them. Every change shows at once; without script a button
/// applies them. On phones it folds away, and unfolds over the page; then what folds it again says how much is found.
#[component]
pub(super) fn Filters(path: String, query: ListingQuery, facets: Vec<Facet>, total: u32) -> impl IntoView {
    let held = Held::now();
    let groups: Vec<_> = facets.into_iter().map(|facet| view! { <FacetGroup facet held=held.clone()/> }).collect();
    if let Some(held) = held {
        held.refocus();
    }
    let kept = [
        ("q", query.q.clone()),
        ("sort", query.sort.and_then(sort_name).map(str::to_owned)),
        ("currency", Some(query.currency.code().to_owned())),
    ];
    let kept = kept.into_iter().filter_map(|(name, value)| value.map(|value| view! { <input type="hidden" name=name value=value/> }));
    let found = if total == 0 { t::catalog::filters_none().to_owned() } else { t::catalog::filters_show(&t::catalog::things(total)) };
    let details = NodeRef::<html::Details>::new();
    // What has the focus must be seen: whoever leaves the filters folds them.
    let leave = move |event: FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if let Some(details) = details.get_untracked().filter(|details| next.is_some() && !details.contains(next.as_ref())) {
            details.set_open(false);
        }
    };
    view! {
        <details node_ref=details class="filters" data-testid="listing-filters" on:focusout=leave>
            <summary class=format!("{} filters-summary", button_class(ButtonKind::Secondary))>
                <Icon name="sliders"/>
                <span>{t::catalog::filters_open()}</span>
                <span class="filters-found">{found}</span>
            </summary>
            <GetForm action=path id="filters" class="filters-form" at_once=true>
                <h2 class="filters-title">{t::catalog::filters_open()}</h2>
                {kept.collect_view()}
                <label class="check">
                    <input type="checkbox" name="in_stock" value="true" checked=query.in_stock prop:checked=query.in_stock/>
                    <span>{t::catalog::filter_in_stock()}</span>
                </label>
                {groups}
                <PriceRange query/>
                <button type="submit" class=format!("{} without-script w-full", button_class(ButtonKind::Primary))>
                    {t::catalog::filters_apply()}
                </button>
            </GetForm>
        </details>
    }
    .at_once()
}

/// The choice that has the focus. The groups of a list that arrives may have others in its place: the focus goes along.
#[derive(Clone, Debug)]
struct Held {
    field: String,
    value: String,
}

impl Held {
    /// None on the server.
    fn now() -> Option<Self> {
        if !cfg!(target_arch = "wasm32") {
            return None;
        }
        let input: web_sys::HtmlInputElement = document().active_element()?.dyn_into().ok()?;
        Some(Self { field: input.name(), value: input.value() })
    }

    fn refocus(self) {
        request_animation_frame(move || {
            let choice = format!("#filters [name=\"{}\"][value=\"{}\"]", self.field, self.value);
            // A value that no selector can hold leaves the focus where it is.
            if let Some(input) = document().query_selector(&choice).ok().flatten() {
                _ = input.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        });
    }
}

#[component]
fn FacetGroup(facet: Facet, #[prop(optional_no_strip)] held: Option<Held>) -> impl IntoView {
    // A category and a seller are one each; of an option several values can be wanted.
    let is_single = !facet.field.starts_with("option.");
    let field = facet.field.clone();
    let any = is_single.then(|| {
        let is_free = !facet.values.iter().any(|value| value.selected);
        let value =
            FacetValue { value: String::new(), label: t::catalog::filter_all().to_owned(), count: 0, selected: is_free, within: None };
        view! { <FacetChoice field=field.clone() value is_single/> }
    });
    let count_shown = shown_at_once(&facet);
    // What is chosen is seen, and so is what has the focus.
    let is_held = |value: &FacetValue| held.as_ref().is_some_and(|held| held.field == field && held.value == value.value);
    let is_rest_wanted = facet.values.iter().skip(count_shown).any(|value| value.selected || is_held(value));
    let mut choices: Vec<_> = facet
        .values
        .into_iter()
        .map(|value| {
            let label = if field == "min_rating" { t::catalog::rating_from(value.value.parse().unwrap_or_default()) } else { value.label };
            view! { <FacetChoice field=field.clone() value=FacetValue { label, ..value } is_single/> }
        })
        .collect();
    let rest = choices.split_off(count_shown);
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details class="disclosure facet-more" open=is_rest_wanted>
                <summary>{t::catalog::filter_more(&rest.len().to_string())}</summary>
                {rest}
            </details>
        }
    });
    let (title, language) = match field.as_str() {
        "category" => (t::catalog::filter_category().to_owned(), None),
        "seller" => (t::catalog::filter_seller().to_owned(), None),
        "min_rating" => (t::catalog::filter_rating().to_owned(), None),
        _ => option_name(&facet.label),
    };
    view! {
        <fieldset class="facet">
            <legend class="facet-title" lang=language>{title}</legend>
            {any} {choices} {more}
        </fieldset>
    }
    .at_once()
}

#[component]
fn FacetChoice(field: String, value: FacetValue, is_single: bool) -> impl IntoView {
    // The values of options are sellers' words.
    let language = content_language().filter(|_| !is_single);
    let is_part = value.within.is_some();
    let is_empty = value.count == 0 && !value.selected && !value.value.is_empty();
    view! {
        <label class="check" class:is-empty=is_empty class:is-part=is_part>
            <input
                type=if is_single { "radio" } else { "checkbox" }
                name=field
                value=value.value.clone()
                checked=value.selected
                prop:checked=value.selected
            />
            <span class="min-w-0 flex-1" lang=language>{value.label}</span>
            {(!value.value.is_empty()).then(|| view! { <span class="tabular text-sm text-soft">{value.count.to_string()}</span> })}
        </label>
    }
    .at_once()
}

/// The price of the list for which a field was last filled.
const SHOWN_PRICE: &str = "data-shown";

#[component]
fn PriceRange(query: ListingQuery) -> impl IntoView {
    let pattern = format!("[0-9]{{1,9}}([.,][0-9]{{0,{}}})?", query.currency.exponent());
    let field = |name: &'static str, label: &'static str, price: Option<i64>| {
        let value = price.map(|price| major_units(price, query.currency, market::current().language)).unwrap_or_default();
        let input = NodeRef::<html::Input>::new();
        let shown = value.clone();
        // A list that arrives changes the field only where its price is another one: what is being typed stays.
        Effect::new(move |_| {
            let Some(input) = input.get() else { return };
            if input.get_attribute(SHOWN_PRICE).is_some_and(|before| before != shown) {
                input.set_value(&shown);
            }
            // Only a name with letters that HTML does not have could be refused.
            _ = input.set_attribute(SHOWN_PRICE, &shown);
        });
        view! {
            <div class="min-w-0 flex-1">
                <label for=name class="mb-1 block text-sm text-soft">{label}</label>
                <input node_ref=input id=name name=name class="input tabular" inputmode="decimal" pattern=pattern.clone() autocomplete="off" value=value/>
            </div>
        }
    };
    view! {
        <fieldset class="facet">
            <legend class="facet-title">{t::catalog::filter_price(query.currency.code())}</legend>
            <div class="flex gap-3">
                {field("min_price", t::catalog::filter_price_min(), query.min_price)}
                {field("max_price", t::catalog::filter_price_max(), query.max_price)}
            </div>
        </fieldset>
    }
    .at_once()
}
