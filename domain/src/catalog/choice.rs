use super::{Availability, ImageView, ProductView, VariantView};
use crate::id::VariantId;

/// What choosing one value of one option leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueChoice {
    pub value: String,
    /// The variant it leads to: the one that keeps the other options if there is one, else the nearest with this value.
    pub variant: Option<VariantId>,
    pub is_chosen: bool,
    pub standing: ValueStanding,
    /// How the value looks, where the values of this option look different from each other, whatever else is chosen.
    pub image: Option<ImageView>,
}

/// Whether a value goes together with the other options as they are chosen, and is there to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueStanding {
    Available,
    SoldOut,
    /// Nobody makes it with the other values.
    NotTogether,
}

impl ProductView {
    /// The variant an address asks for; without one (or with an unknown one) the first that can be had, else the first.
    pub fn chosen_variant(&self, wanted: Option<VariantId>) -> Option<&VariantView> {
        let asked = self.variants.iter().find(|variant| Some(variant.id) == wanted);
        asked.or_else(|| self.variants.iter().find(|variant| is_there(variant))).or_else(|| self.variants.first())
    }

    /// The values of one option, seen from the chosen variant.
    pub fn value_choices(&self, option: &str, chosen: &VariantView) -> Vec<ValueChoice> {
        let values =
            self.options.iter().find(|candidate| candidate.name == option).map(|option| option.values.as_slice()).unwrap_or_default();
        let looks: Vec<Option<&ImageView>> = values.iter().map(|value| self.look_of(option, value)).collect();
        let url = |place: usize| looks[place].map(|image| &image.url);
        let differ =
            values.len() > 1 && (0..values.len()).all(|place| url(place).is_some() && (0..place).all(|other| url(other) != url(place)));
        let choices = values.iter().zip(&looks).map(|(value, look)| self.value_choice(option, value, chosen, look.filter(|_| differ)));
        choices.collect()
    }

    /// The first picture of a value's variants, where that is one and the same for all of them.
    fn look_of(&self, option: &str, value: &str) -> Option<&ImageView> {
        let own = |variant: &VariantView| self.images.iter().find(|image| image.variant_ids.contains(&variant.id));
        let mut looks = self.variants_with(option, value).map(own);
        let first = looks.next()??;
        looks.all(|look| look.is_some_and(|look| look.url == first.url)).then_some(first)
    }

    fn variants_with(&self, option: &str, value: &str) -> impl Iterator<Item = &VariantView> {
        self.variants.iter().filter(move |variant| variant.options.get(option).is_some_and(|own| own == value))
    }

    fn value_choice(&self, option: &str, value: &str, chosen: &VariantView, look: Option<&ImageView>) -> ValueChoice {
        let with_value = || self.variants_with(option, value);
        let keeps_others =
            |variant: &&VariantView| variant.options.iter().all(|(name, own)| name == option || chosen.options.get(name) == Some(own));
        let exact = with_value().find(keeps_others);
        let nearest = exact.or_else(|| with_value().find(|variant| is_there(variant))).or_else(|| with_value().next());
        ValueChoice {
            value: value.to_owned(),
            variant: nearest.map(|variant| variant.id),
            is_chosen: chosen.options.get(option).is_some_and(|own| own == value),
            standing: match exact {
                Some(variant) if is_there(variant) => ValueStanding::Available,
                Some(_) => ValueStanding::SoldOut,
                None => ValueStanding::NotTogether,
            },
            image: look.cloned(),
        }
    }

    /// The pictures of a variant: its own first, then those that show all. Every picture, if that leaves none.
    pub fn images_of(&self, variant: VariantId) -> Vec<ImageView> {
        let own = self.images.iter().filter(|image| image.variant_ids.contains(&variant));
        let general = self.images.iter().filter(|image| image.variant_ids.is_empty());
        let shown: Vec<ImageView> = own.chain(general).cloned().collect();
        if shown.is_empty() { self.images.clone() } else { shown }
    }
}

fn is_there(variant: &VariantView) -> bool {
    variant.availability != Availability::Out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{CategoryRef, OptionView, Rating, SellerRef};
    use crate::id::{ProductId, SellerId};
    use crate::money::{Currency, Money};
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn id(number: u128) -> VariantId {
        VariantId(Uuid::from_u128(number))
    }

    fn variant(number: u128, colour: &str, size: &str, available: u32) -> VariantView {
        VariantView {
            id: id(number),
            sku: number.to_string(),
            options: BTreeMap::from([("Colour".to_owned(), colour.to_owned()), ("Size".to_owned(), size.to_owned())]),
            price: Money::new(1_000, Currency::Usd),
            compare_at_price: None,
            unit_price: None,
            unit: None,
            availability: Availability::of(available),
            available,
        }
    }

    fn option(name: &str, values: &[&str]) -> OptionView {
        OptionView { name: name.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    fn picture(url: &str, variant_ids: Vec<VariantId>) -> ImageView {
        ImageView {
            url: url.to_owned(),
            srcset: String::new(),
            alt: String::new(),
            width: 1,
            height: 1,
            background: "#ffffff".to_owned(),
            variant_ids,
        }
    }

    /// Sand in S (sold out) and L, Moss in S only.
    fn product() -> ProductView {
        ProductView {
            id: ProductId(Uuid::from_u128(1)),
            slug: "mug".to_owned(),
            title: "Mug".to_owned(),
            description_html: String::new(),
            options: vec![option("Colour", &["Sand", "Moss"]), option("Size", &["S", "L"])],
            variants: vec![variant(1, "Sand", "S", 0), variant(2, "Sand", "L", 5), variant(3, "Moss", "S", 5)],
            images: vec![picture("all", vec![]), picture("sand", vec![id(1), id(2)]), picture("moss", vec![id(3)])],
            seller: SellerRef { id: SellerId(Uuid::from_u128(1)), slug: "kiln".to_owned(), name: "Kiln".to_owned() },
            category: CategoryRef { slug: "cups".to_owned(), name: "Cups".to_owned() },
            department: None,
            rating: Rating { average: 0.0, count: 0 },
        }
    }

    #[test]
    fn without_a_wish_the_first_that_is_there_is_chosen() {
        let product = product();
        assert_eq!(product.chosen_variant(None).unwrap().id, id(2));
        assert_eq!(product.chosen_variant(Some(id(1))).unwrap().id, id(1));
        assert_eq!(product.chosen_variant(Some(id(9))).unwrap().id, id(2));
    }

    #[test]
    fn a_value_keeps_the_other_options_where_it_can() {
        let product = product();
        let sizes = product.value_choices("Size", product.chosen_variant(Some(id(2))).unwrap());
        assert_eq!(
            sizes.iter().map(|size| (size.variant, size.standing, size.is_chosen)).collect::<Vec<_>>(),
            [(Some(id(1)), ValueStanding::SoldOut, false), (Some(id(2)), ValueStanding::Available, true)]
        );
    }

    #[test]
    fn a_value_that_does_not_go_together_leads_to_the_nearest() {
        let product = product();
        let colours = product.value_choices("Colour", product.chosen_variant(Some(id(2))).unwrap());
        assert_eq!((colours[1].variant, colours[1].standing), (Some(id(3)), ValueStanding::NotTogether));
    }

    #[test]
    fn values_that_look_different_show_how() {
        let product = product();
        for chosen in [1, 2, 3] {
            let looks = |option: &str| -> Vec<Option<String>> {
                let choices = product.value_choices(option, product.chosen_variant(Some(id(chosen))).unwrap());
                choices.into_iter().map(|choice| choice.image.map(|image| image.url)).collect()
            };
            assert_eq!(looks("Colour"), [Some("sand".to_owned()), Some("moss".to_owned())]);
            assert_eq!(looks("Size"), [None, None], "a size comes in several colours, whichever is chosen");
        }
    }

    #[test]
    fn a_variant_shows_its_own_pictures_first_and_no_others() {
        let urls: Vec<String> = product().images_of(id(3)).into_iter().map(|image| image.url).collect();
        assert_eq!(urls, ["moss", "all"]);
    }
}
