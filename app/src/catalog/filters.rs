use super::listing_address::{Scope, major_units, sort_name};
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

/// Values of a group that stand there at once; more unfold.
const VALUES_SHOWN: usize = 7;

/// The filters as one form: OR inside a group, AND between them. Every change shows at once; without script a button
/// applies them. On phones it folds away, and unfolds over the page until its last button, which says how much is found.
#[component]
pub(super) fn Filters(path: String, scope: Scope, query: ListingQuery, facets: Vec<Facet>, total: u32) -> impl IntoView {
    let facets = facets.into_iter().filter_map(|facet| offered(facet, &scope));
    let groups: Vec<_> = facets.map(|(facet, values)| view! { <FacetGroup facet values/> }).collect();
    let kept = [
        ("q", query.q.clone()),
        ("sort", query.sort.and_then(sort_name).map(str::to_owned)),
        ("currency", Some(query.currency.code().to_owned())),
    ];
    let kept = kept.into_iter().filter_map(|(name, value)| value.map(|value| view! { <input type="hidden" name=name value=value/> }));
    let found = if total == 0 { t::catalog::nothing_found().to_owned() } else { t::catalog::filters_show(&t::catalog::things(total)) };
    let details = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
    };
    // What has the focus must be seen: whoever leaves the filters closes them.
    let is_left = move |event: &FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        next.is_some() && details.get_untracked().is_some_and(|details| !details.contains(next.as_ref()))
    };
    view! {
        <details
            node_ref=details
            class="filters"
            data-testid="listing-filters"
            on:focusout=move |event| if is_left(&event) { close() }
            on:keydown=move |event| if event.key() == "Escape" { close() }
        >
            <summary class=format!("{} filters-summary", button_class(ButtonKind::Secondary))>
                <Icon name="sliders"/>
                {t::catalog::filters_open()}
                <Icon name="x" class="filters-close ms-auto"/>
            </summary>
            <GetForm action=path id="filters" class="filters-form" at_once=true>
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
                <div class="filters-foot with-script">
                    <button type="button" class=format!("{} w-full", button_class(ButtonKind::Primary)) on:click=move |_| close()>{found}</button>
                </div>
            </GetForm>
        </details>
    }
    .at_once()
}

/// The values that a group offers, each with how far it stands in: none where there is no choice, or where the group is what
/// the page is about anyway.
fn offered(facet: Facet, scope: &Scope) -> Option<(Facet, Values)> {
    let mut facet = facet;
    let values = std::mem::take(&mut facet.values);
    let values = match facet.field.as_str() {
        "category" => {
            let page = if let Scope::Category(slug) = scope { Some(slug.as_str()) } else { None };
            branches(&values, page, 0)
        }
        "seller" if matches!(scope, Scope::Seller(_)) => return None,
        "min_rating" => bounds(values).into_iter().map(|value| (value, 0)).collect(),
        field if field == "seller" || field.starts_with("option.") => values.into_iter().map(|value| (value, 0)).collect(),
        _ => return None,
    };
    let has_choice = values.len() > 1 || values.iter().any(|(value, _)| value.selected);
    has_choice.then_some((facet, values))
}

/// What lies within `above`, and within that again as far as somebody has gone in.
fn branches(values: &[FacetValue], above: Option<&str>, depth: usize) -> Values {
    let own = values.iter().filter(|value| value.within.as_deref() == above);
    let branch = own.flat_map(|value| {
        let below = branches(values, Some(&value.value), depth + 1);
        let is_open = value.selected || below.iter().any(|(value, _)| value.selected);
        [(value.clone(), depth)].into_iter().chain(below.into_iter().filter(move |_| is_open))
    });
    branch.collect()
}

/// From the highest rating down; one that leaves no more than the one before it is no choice.
fn bounds(mut values: Vec<FacetValue>) -> Vec<FacetValue> {
    values.sort_by(|one, other| other.value.cmp(&one.value));
    values.dedup_by(|lower, higher| lower.count == higher.count && !lower.selected);
    values
}

type Values = Vec<(FacetValue, usize)>;

/// What most things have, and the rest, each in the order they came in. A tree stays whole.
fn most_wanted(values: Values) -> (Values, Values) {
    // One more takes no more room than the words that would unfold it.
    if values.len() <= VALUES_SHOWN + 1 || values.iter().any(|(value, _)| value.within.is_some()) {
        return (values, Vec::new());
    }
    let mut counts: Vec<u32> = values.iter().map(|(value, _)| value.count).collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    let (least, mut places) =
        (counts[VALUES_SHOWN - 1], VALUES_SHOWN - counts.iter().filter(|count| **count > counts[VALUES_SHOWN - 1]).count());
    values.into_iter().partition(|(value, _)| {
        let has_place = value.count == least && places > 0;
        places -= usize::from(has_place);
        value.count > least || has_place
    })
}

#[component]
fn FacetGroup(facet: Facet, values: Values) -> impl IntoView {
    // A category and a seller are one each; of an option several values can be wanted.
    let is_single = !facet.field.starts_with("option.");
    let field = facet.field.clone();
    let any = is_single.then(|| {
        let is_free = !values.iter().any(|(value, _)| value.selected);
        let value =
            FacetValue { value: String::new(), label: t::catalog::filter_all().to_owned(), count: 0, selected: is_free, within: None };
        view! { <FacetChoice field=field.clone() value depth=0 is_single/> }
    });
    let (shown, rest) = most_wanted(values);
    // What is chosen is seen. A list that arrives folds nothing away: whoever has just unchecked the last one is still there.
    let details = NodeRef::<html::Details>::new();
    let is_rest_wanted = rest.iter().any(|(value, _)| value.selected);
    Effect::new(move |_| {
        if let Some(details) = details.get().filter(|_| is_rest_wanted) {
            details.set_open(true);
        }
    });
    let choices = |values: Values| {
        let choices = values.into_iter().map(|(value, depth)| {
            let label = if field == "min_rating" { t::catalog::rating_from(value.value.parse().unwrap_or_default()) } else { value.label };
            view! { <FacetChoice field=field.clone() value=FacetValue { label, ..value } depth is_single/> }
        });
        choices.collect_view()
    };
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details node_ref=details class="disclosure facet-more" open=is_rest_wanted && cfg!(feature = "ssr")>
                <summary>{t::catalog::filter_more(&rest.len().to_string())}</summary>
                {choices(rest)}
            </details>
        }
    });
    let shown = choices(shown);
    let (title, language) = match field.as_str() {
        "category" => (t::catalog::filter_category().to_owned(), None),
        "seller" => (t::catalog::filter_seller().to_owned(), None),
        "min_rating" => (t::catalog::filter_rating().to_owned(), None),
        _ => option_name(&facet.label),
    };
    view! {
        <fieldset class="facet">
            <legend class="facet-title" lang=language>{title}</legend>
            {any} {shown} {more}
        </fieldset>
    }
    .at_once()
}

#[component]
fn FacetChoice(field: String, value: FacetValue, depth: usize, is_single: bool) -> impl IntoView {
    // The values of options are sellers' words.
    let language = content_language().filter(|_| !is_single);
    let is_part = depth > 0;
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
            <bdi class="min-w-0 flex-1" lang=language>{value.label}</bdi>
            {(!value.value.is_empty()).then(|| view! { <span class="tabular text-sm text-soft">{value.count.to_string()}</span> })}
        </label>
    }
    .at_once()
}

/// The price of the list for which a field was last filled.
const SHOWN_PRICE: &str = "data-shown";

#[component]
fn PriceRange(query: ListingQuery) -> impl IntoView {
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
                <input node_ref=input id=name name=name class="input tabular" inputmode="decimal" pattern="[0-9]{1,9}([.,][0-9]{1,3})?" autocomplete="off" value=value/>
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

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: &str, within: Option<&str>, count: u32, selected: bool) -> FacetValue {
        FacetValue { value: value.to_owned(), label: value.to_owned(), count, selected, within: within.map(str::to_owned) }
    }

    fn category(chosen: &str) -> Facet {
        let values = [("home", None), ("bowls", Some("home")), ("lamps", Some("home")), ("garden", None), ("pots", Some("garden"))];
        let values = values.into_iter().map(|(slug, within)| value(slug, within, 3, slug == chosen)).collect();
        Facet { field: "category".to_owned(), label: "Category".to_owned(), values }
    }

    fn shown(facet: Facet, scope: &Scope) -> Vec<String> {
        let values = offered(facet, scope).map(|(_, values)| values).unwrap_or_default();
        values.into_iter().map(|(value, depth)| format!("{}{}", "-".repeat(depth), value.value)).collect()
    }

    #[test]
    fn categories_unfold_where_somebody_has_gone_in() {
        assert_eq!(shown(category(""), &Scope::Everything), ["home", "garden"]);
        assert_eq!(shown(category("home"), &Scope::Everything), ["home", "-bowls", "-lamps", "garden"]);
        assert_eq!(shown(category("lamps"), &Scope::Everything), ["home", "-bowls", "-lamps", "garden"]);
        assert_eq!(shown(category("home"), &Scope::Category("home".to_owned())), ["bowls", "lamps"]);
        assert!(shown(category("pots"), &Scope::Category("pots".to_owned())).is_empty(), "nothing lies within");
    }

    #[test]
    fn of_many_values_those_of_most_things_are_shown() {
        let sizes = [1, 5, 1, 2, 9, 1, 1, 1, 3, 1].into_iter().enumerate();
        let values: Values = sizes.map(|(place, count)| (value(&place.to_string(), None, count, false), 0)).collect();
        let names = |values: &Values| values.iter().map(|(value, _)| value.value.clone()).collect::<Vec<_>>().join(" ");
        let (shown, rest) = most_wanted(values.clone());
        assert_eq!((names(&shown).as_str(), names(&rest).as_str()), ("0 1 2 3 4 5 8", "6 7 9"));
        assert!(most_wanted(values[..8].to_vec()).1.is_empty(), "one more is no reason to fold");
    }

    #[test]
    fn a_rating_that_leaves_no_more_than_a_higher_one_is_no_choice() {
        let facet = |chosen: &str| {
            let values = [("1", 9), ("2", 9), ("3", 9), ("4", 5)].map(|(stars, count)| value(stars, None, count, stars == chosen));
            Facet { field: "min_rating".to_owned(), label: "Rating".to_owned(), values: values.to_vec() }
        };
        assert_eq!(shown(facet(""), &Scope::Everything), ["4", "3"]);
        assert_eq!(shown(facet("2"), &Scope::Everything), ["4", "3", "2"], "what is chosen stays");
    }

    #[test]
    fn the_seller_of_the_page_is_no_choice() {
        let facet = Facet { field: "seller".to_owned(), label: "Seller".to_owned(), values: vec![value("a", None, 1, true)] };
        assert!(shown(facet.clone(), &Scope::Seller("a".to_owned())).is_empty());
        assert_eq!(shown(facet, &Scope::Everything), ["a"]);
    }
}
