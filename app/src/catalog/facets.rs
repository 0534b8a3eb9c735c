//! What the filters of a list offer. The server arranges it, so that a browser only shows it.

#[cfg(feature = "ssr")]
use super::listing_address::Scope;
use domain::catalog::Facet;
#[cfg(feature = "ssr")]
use domain::catalog::FacetValue;

/// Values of a group that stand there at once; more unfold.
const VALUES_SHOWN: usize = 7;

/// How many of a group's values stand there at once. A tree stays whole, and one more takes no more room than the words that
/// would unfold it.
pub(super) fn shown_at_once(facet: &Facet) -> usize {
    let count = facet.values.len();
    if facet.field == "category" || count <= VALUES_SHOWN + 1 { count } else { VALUES_SHOWN }
}

/// The groups that offer a choice and are not what the page is about anyway, with the values they offer: what most things have
/// first, as many as stand there at once. A category says what it is within where it stands in below that.
#[cfg(feature = "ssr")]
pub(super) fn arranged(facets: Vec<Facet>, scope: &Scope, total: u32) -> Vec<Facet> {
    facets.into_iter().filter_map(|facet| arrange(facet, scope, total)).collect()
}

#[cfg(feature = "ssr")]
fn arrange(facet: Facet, scope: &Scope, total: u32) -> Option<Facet> {
    let values = match facet.field.as_str() {
        "category" => {
            let page = if let Scope::Category(slug) = scope { Some(slug.as_str()) } else { None };
            let mut values = branches(&facet.values, page);
            values.iter_mut().filter(|value| value.within.as_deref() == page).for_each(|value| value.within = None);
            values
        }
        "seller" if matches!(scope, Scope::Seller(_)) => return None,
        "min_rating" => bounds(facet.values),
        field if field == "seller" || field.starts_with("option.") => most_wanted(facet.values),
        // Bounds of the price, and whether there is any: told to programs.
        _ => return None,
    };
    // A bound is one against no bound: it is a choice alone where it leaves fewer.
    let is_bound = facet.field == "min_rating";
    let has_choice = values.len() > 1 || values.iter().any(|value| value.selected || is_bound && value.count < total);
    has_choice.then_some(Facet { values, ..facet })
}

/// What lies within `above`, and within that again as far as somebody has gone in.
#[cfg(feature = "ssr")]
fn branches(values: &[FacetValue], above: Option<&str>) -> Vec<FacetValue> {
    let own: Vec<&FacetValue> = values.iter().filter(|value| value.within.as_deref() == above).collect();
    // Where all lies in one department, its parts are the choice.
    let is_only = own.len() == 1;
    let branch = own.into_iter().flat_map(|value| {
        let below = branches(values, Some(&value.value));
        let is_open = is_only || value.selected || below.iter().any(|value| value.selected);
        [value.clone()].into_iter().chain(below.into_iter().filter(move |_| is_open))
    });
    branch.collect()
}

/// From the highest rating down; one that leaves no more than the one before it is no choice.
#[cfg(feature = "ssr")]
fn bounds(mut values: Vec<FacetValue>) -> Vec<FacetValue> {
    values.sort_by(|one, other| other.value.cmp(&one.value));
    values.dedup_by(|lower, higher| lower.count == higher.count && !lower.selected);
    values
}

/// What most things have, then the rest, each in the order they came in.
#[cfg(feature = "ssr")]
fn most_wanted(values: Vec<FacetValue>) -> Vec<FacetValue> {
    if values.len() <= VALUES_SHOWN + 1 {
        return values;
    }
    let mut by_count: Vec<usize> = (0..values.len()).collect();
    by_count.sort_by_key(|place| std::cmp::Reverse(values[*place].count));
    let (mut first, mut rest) = (by_count[..VALUES_SHOWN].to_vec(), by_count[VALUES_SHOWN..].to_vec());
    first.sort_unstable();
    rest.sort_unstable();
    first.into_iter().chain(rest).map(|place| values[place].clone()).collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn value(value: &str, within: Option<&str>, count: u32, selected: bool) -> FacetValue {
        FacetValue { value: value.to_owned(), label: value.to_owned(), count, selected, within: within.map(str::to_owned) }
    }

    fn facet(field: &str, values: Vec<FacetValue>) -> Facet {
        Facet { field: field.to_owned(), label: field.to_owned(), values }
    }

    fn category(chosen: &str) -> Facet {
        let values = [("home", None), ("bowls", Some("home")), ("lamps", Some("home")), ("garden", None), ("pots", Some("garden"))];
        facet("category", values.into_iter().map(|(slug, within)| value(slug, within, 3, slug == chosen)).collect())
    }

    fn shown(facet: Facet, scope: &Scope) -> String {
        let facets = arranged(vec![facet], scope, 9);
        let values = facets.iter().flat_map(|facet| &facet.values);
        values.map(|value| format!("{}{}", if value.within.is_some() { "-" } else { "" }, value.value)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn categories_unfold_where_somebody_has_gone_in() {
        assert_eq!(shown(category(""), &Scope::Everything), "home garden");
        assert_eq!(shown(category("home"), &Scope::Everything), "home -bowls -lamps garden");
        assert_eq!(shown(category("lamps"), &Scope::Everything), "home -bowls -lamps garden");
        assert_eq!(shown(category("home"), &Scope::Category("home".to_owned())), "bowls lamps");
        assert_eq!(shown(category("pots"), &Scope::Category("pots".to_owned())), "", "nothing lies within");
        let home = Facet { values: category("").values[..3].to_vec(), ..category("") };
        assert_eq!(shown(home, &Scope::Everything), "home -bowls -lamps", "all lies in one department");
    }

    #[test]
    fn a_rating_that_leaves_no_more_than_a_higher_one_is_no_choice() {
        let ratings = |chosen: &str| {
            facet(
                "min_rating",
                [("1", 9), ("2", 9), ("3", 9), ("4", 5)].map(|(stars, count)| value(stars, None, count, stars == chosen)).to_vec(),
            )
        };
        assert_eq!(shown(ratings(""), &Scope::Everything), "4 3");
        assert_eq!(shown(ratings("2"), &Scope::Everything), "4 3 2", "what is chosen stays");
        let lone = |count| facet("min_rating", vec![value("4", None, count, false)]);
        assert_eq!(shown(lone(9), &Scope::Everything), "", "all there is has that rating");
        assert_eq!(shown(lone(8), &Scope::Everything), "4");
    }

    #[test]
    fn of_many_values_those_of_most_things_come_first() {
        let sizes = [1, 5, 1, 2, 9, 1, 1, 1, 3, 1].into_iter().enumerate();
        let sizes = facet("option.size", sizes.map(|(place, count)| value(&place.to_string(), None, count, false)).collect());
        assert_eq!(shown(sizes.clone(), &Scope::Everything), "0 1 2 3 4 5 8 6 7 9");
        assert_eq!(shown_at_once(&sizes), 7);
        assert_eq!(shown_at_once(&facet("option.size", sizes.values[..8].to_vec())), 8, "one more is no reason to fold");
    }

    #[test]
    fn the_seller_of_the_page_is_no_choice_and_a_bound_of_the_price_no_group() {
        let seller = facet("seller", vec![value("a", None, 1, true)]);
        assert_eq!(shown(seller.clone(), &Scope::Seller("a".to_owned())), "");
        assert_eq!(shown(seller, &Scope::Everything), "a");
        assert_eq!(shown(facet("min_price", vec![value("100", None, 1, false)]), &Scope::Everything), "");
    }
}
