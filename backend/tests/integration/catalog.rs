use backend::testing::{NewVariant, Shop, statements};
use backend::{Failure, catalog, sellers};
use domain::catalog::{Availability, ListingQuery, ListingView, Sort};
use domain::language::Language;
use domain::market::Market;
use domain::money::{Currency, Money};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// Two sellers, three categories, four products.
async fn stocked(db: PgPool) -> Shop {
    let shop = Shop::new(db);
    let (potter, weaver) = (shop.seller("potter").await, shop.seller("weaver").await);
    let home = shop.category("home", None).await;
    let (table, textiles) = (shop.category("table", Some(home)).await, shop.category("textiles", Some(home)).await);
    let sand = |price, stock| NewVariant::new(price, stock).option("Glaze Tone", "Sand");
    let moss = |price, stock| NewVariant::new(price, stock).option("Glaze Tone", "Moss");
    shop.product("bowl", potter, table, &[sand(2_000, 5), moss(2_500, 0)]).await;
    shop.product("mug", potter, table, &[sand(1_200, 9)]).await;
    shop.product("plate-100-wool_mix", potter, table, &[moss(3_000, 1)]).await;
    shop.product("throw", weaver, textiles, &[NewVariant::new(9_000, 2)]).await;
    shop
}

async fn listing(shop: &Shop, query: ListingQuery) -> ListingView {
    catalog::listing(&shop.guest(), &query.check().unwrap()).await.unwrap()
}

fn slugs(listing: &ListingView) -> Vec<&str> {
    listing.items.iter().map(|item| item.slug.as_str()).collect()
}

fn set(listing: &ListingView) -> BTreeSet<&str> {
    slugs(listing).into_iter().collect()
}

fn count_of(listing: &ListingView, field: &str, value: &str) -> Option<u32> {
    let facet = listing.facets.iter().find(|facet| facet.field == field)?;
    facet.values.iter().find(|facet| facet.value == value).map(|facet| facet.count)
}

fn option(name: &str, values: &[&str]) -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([(name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())])
}

#[sqlx::test]
async fn a_product_is_read_in_at_most_four_statements_by_id_and_by_slug(db: PgPool) {
    let shop = stocked(db).await;
    let guest = shop.guest();
    let (product, count) = statements::count(catalog::product(&guest, "bowl", Currency::Usd)).await;
    let product = product.unwrap();
    assert!((1..=4).contains(&count), "{count} statements");
    assert_eq!((product.title.as_str(), product.seller.slug.as_str(), product.category.slug.as_str()), ("Bowl", "potter", "table"));
    let stock: Vec<_> = product.variants.iter().map(|variant| (variant.price.amount, variant.available, variant.availability)).collect();
    assert_eq!(stock, [(2_000, 5, Availability::InStock), (2_500, 0, Availability::Out)]);
    assert_eq!(product.options[0].values, ["Moss", "Sand"]);
    assert_eq!(catalog::product(&guest, &product.id.to_string(), Currency::Usd).await.unwrap(), product);
}

#[sqlx::test]
async fn pages_ask_the_database_a_bounded_number_of_times(db: PgPool) {
    let shop = stocked(db).await;
    let guest = shop.guest();
    let query = ListingQuery { category: Some("home".into()), q: Some("bowl".into()), ..Default::default() };
    let (_, home) = statements::count(catalog::home(&guest, Currency::Usd)).await;
    let (_, listing) = statements::count(catalog::listing(&guest, &query)).await;
    assert!((1..=3).contains(&home) && (1..=2).contains(&listing), "{home} and {listing} statements");
}

#[sqlx::test]
async fn what_is_not_for_everybody_is_not_found(db: PgPool) {
    let shop = stocked(db).await;
    let guest = shop.guest();
    assert!(matches!(catalog::product(&guest, "nothing", Currency::Usd).await, Err(Failure::NotFound)));
    assert!(matches!(catalog::product(&guest, "bowl", Currency::Jpy).await, Err(Failure::NotFound)), "no price in yen");
    let mug = catalog::product(&guest, "mug", Currency::Usd).await.unwrap().id;
    shop.run("update product set status = 'withdrawn' where slug = 'mug'", |query| query).await;
    shop.run("update seller set status = 'suspended' where slug = 'weaver'", |query| query).await;
    for slug in ["mug", "throw"] {
        assert!(matches!(catalog::product(&guest, slug, Currency::Usd).await, Err(Failure::NotFound)), "{slug}");
    }
    assert!(matches!(catalog::inventory(&guest, mug).await, Err(Failure::NotFound)));
    assert!(matches!(sellers::seller(&guest, "weaver", Currency::Usd).await, Err(Failure::NotFound)));
    assert_eq!(sellers::seller(&guest, "potter", Currency::Usd).await.unwrap().name, "Potter");
    assert_eq!(set(&listing(&shop, ListingQuery::default()).await), BTreeSet::from(["bowl", "plate-100-wool_mix"]));
}

#[sqlx::test]
async fn stock_is_what_is_neither_allocated_nor_held(db: PgPool) {
    let shop = stocked(db).await;
    let guest = shop.guest();
    let product = catalog::product(&guest, "bowl", Currency::Usd).await.unwrap();
    shop.run("update stock_level set held = 1, allocated = 2 where on_hand = 5", |query| query).await;
    let inventory = catalog::inventory(&guest, product.id).await.unwrap();
    let available: Vec<_> = inventory.variants.iter().map(|variant| (variant.available, variant.availability)).collect();
    assert_eq!(available, [(2, Availability::Low), (0, Availability::Out)]);
}

#[sqlx::test]
async fn categories_stand_below_their_parents_and_count_what_is_in_them(db: PgPool) {
    let shop = stocked(db).await;
    let categories = catalog::categories(&shop.guest()).await.unwrap();
    let counts: Vec<_> = categories.iter().map(|category| (category.slug.as_str(), category.product_count)).collect();
    assert_eq!(counts[0], ("home", 4));
    assert_eq!(counts.iter().copied().collect::<BTreeMap<_, _>>(), BTreeMap::from([("home", 4), ("table", 3), ("textiles", 1)]));
    assert_eq!(categories[1].parent_id, Some(categories[0].id));
}

#[sqlx::test]
async fn each_filter_narrows_the_listing(db: PgPool) {
    let shop = stocked(db).await;
    let check = async |query: ListingQuery, expected: &[&str]| {
        let found = listing(&shop, query.clone()).await;
        assert_eq!(set(&found), expected.iter().copied().collect(), "{query:?}");
        assert_eq!(found.total as usize, expected.len(), "{query:?}");
    };
    let query = ListingQuery::default;
    check(ListingQuery { category: Some("home".into()), ..query() }, &["bowl", "mug", "plate-100-wool_mix", "throw"]).await;
    check(ListingQuery { category: Some("textiles".into()), ..query() }, &["throw"]).await;
    check(ListingQuery { seller: Some("potter".into()), max_price: Some(2_000), ..query() }, &["bowl", "mug"]).await;
    check(ListingQuery { min_price: Some(2_500), max_price: Some(3_000), ..query() }, &["bowl", "plate-100-wool_mix"]).await;
    check(ListingQuery { options: option("glaze_tone", &["MOSS"]), ..query() }, &["bowl", "plate-100-wool_mix"]).await;
    check(ListingQuery { options: option("glaze_tone", &["moss"]), in_stock: true, ..query() }, &["plate-100-wool_mix"]).await;
    check(ListingQuery { options: option("glaze_tone", &["moss", "sand"]), ..query() }, &["bowl", "mug", "plate-100-wool_mix"]).await;
    check(ListingQuery { q: Some("POTTER made".into()), ..query() }, &["bowl", "mug", "plate-100-wool_mix"]).await;
    check(ListingQuery { q: Some("wool_mix".into()), ..query() }, &["plate-100-wool_mix"]).await;
    check(ListingQuery { q: Some("%".into()), ..query() }, &[]).await;
    check(ListingQuery { q: Some("100_wool".into()), ..query() }, &[]).await;
    check(ListingQuery { min_rating: Some(4), ..query() }, &[]).await;
    check(ListingQuery { currency: Currency::Eur, ..query() }, &[]).await;
    shop.run("update product set rating_sum = 9, rating_count = 2 where slug = 'mug'", |query| query).await;
    check(ListingQuery { min_rating: Some(4), ..query() }, &["mug"]).await;
    let unknown = ListingQuery { category: Some("cars".into()), ..query() };
    assert!(matches!(catalog::listing(&shop.guest(), &unknown).await, Err(Failure::NotFound)));
    let unknown = ListingQuery { seller: Some("nobody".into()), ..query() };
    assert!(matches!(catalog::listing(&shop.guest(), &unknown).await, Err(Failure::NotFound)));
}

/// Every value of every facet, chosen instead of what its field has now, finds exactly as many as it said.
#[sqlx::test]
async fn a_facet_counts_what_choosing_it_would_find(db: PgPool) {
    let shop = stocked(db).await;
    let queries = [
        ListingQuery::default(),
        ListingQuery { options: option("glaze_tone", &["moss"]), ..Default::default() },
        ListingQuery { in_stock: true, seller: Some("potter".into()), ..Default::default() },
        ListingQuery { category: Some("table".into()), max_price: Some(2_000), ..Default::default() },
    ];
    for query in queries {
        let found = listing(&shop, query.clone()).await;
        assert!(!found.facets.is_empty());
        for (field, value) in found.facets.iter().flat_map(|facet| facet.values.iter().map(move |value| (&facet.field, value))) {
            let mut chosen = query.clone();
            match field.as_str() {
                "category" => chosen.category = Some(value.value.clone()),
                "seller" => chosen.seller = Some(value.value.clone()),
                "in_stock" => chosen.in_stock = true,
                "min_price" => (chosen.min_price, chosen.max_price) = (value.value.parse().ok(), None),
                "max_price" => (chosen.min_price, chosen.max_price) = (None, value.value.parse().ok()),
                option => drop(chosen.options.insert(option.strip_prefix("option.").unwrap().to_owned(), vec![value.value.clone()])),
            }
            assert_eq!(listing(&shop, chosen).await.total, value.count, "{field}={} in {query:?}", value.value);
        }
    }
    let moss = listing(&shop, ListingQuery { options: option("glaze_tone", &["moss"]), ..Default::default() }).await;
    assert_eq!((count_of(&moss, "option.glaze_tone", "Sand"), count_of(&moss, "seller", "weaver")), (Some(2), None));
    let facet = moss.facets.iter().find(|facet| facet.field == "option.glaze_tone").unwrap();
    assert_eq!(facet.label, "Glaze Tone");
    assert_eq!(facet.values.iter().filter(|value| value.selected).map(|value| value.label.as_str()).collect::<Vec<_>>(), ["Moss"]);
}

#[sqlx::test]
async fn pages_of_any_order_show_each_product_once(db: PgPool) {
    let shop = stocked(db).await;
    for sort in Sort::ALL {
        let mut query = ListingQuery { sort: Some(sort), limit: 1, ..Default::default() };
        let mut seen = Vec::new();
        loop {
            let page = listing(&shop, query.clone()).await;
            assert_eq!(page.total, 4);
            seen.extend(page.items.into_iter().map(|item| item.slug));
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
        assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (4, 4), "{sort:?}");
    }
}

#[sqlx::test]
async fn orders_order(db: PgPool) {
    let shop = stocked(db).await;
    let by = async |sort| listing(&shop, ListingQuery { sort: Some(sort), ..Default::default() }).await;
    assert_eq!(slugs(&by(Sort::PriceAsc).await), ["mug", "bowl", "plate-100-wool_mix", "throw"]);
    assert_eq!(slugs(&by(Sort::PriceDesc).await), ["throw", "plate-100-wool_mix", "bowl", "mug"]);
    assert_eq!(slugs(&by(Sort::Newest).await), ["throw", "plate-100-wool_mix", "mug", "bowl"]);
    shop.run("update product set rating_sum = 9, rating_count = 2 where slug = 'mug'", |query| query).await;
    assert_eq!(slugs(&by(Sort::Rating).await)[0], "mug");
    shop.run("update product set description_html = '<p>Goes with any mug.</p>', units_sold = 50 where slug = 'bowl'", |query| query).await;
    let relevant = listing(&shop, ListingQuery { q: Some("mug".into()), ..Default::default() }).await;
    assert_eq!(slugs(&relevant), ["mug", "bowl"], "a word in the title says more than one below");
}

#[sqlx::test]
async fn a_card_shows_the_lowest_price_that_fits(db: PgPool) {
    let shop = stocked(db).await;
    let card = |listing: ListingView| listing.items.into_iter().find(|item| item.slug == "bowl").unwrap();
    let bowl = card(listing(&shop, ListingQuery::default()).await);
    assert_eq!((bowl.price, bowl.variant_count, bowl.in_stock), (Money::new(2_000, Currency::Usd), 2, true));
    assert_eq!(bowl.price_max, Money::new(2_500, Currency::Usd), "the dearest");
    let moss = card(listing(&shop, ListingQuery { options: option("glaze_tone", &["moss"]), ..Default::default() }).await);
    assert_eq!((moss.price.amount, moss.price_max.amount), (2_500, 2_500));
    shop.run("update price set amount = 2000 where amount = 2500 and currency = 'USD'", |query| query).await;
    let bowl = card(listing(&shop, ListingQuery::default()).await);
    assert_eq!((bowl.price, bowl.variant_count), (bowl.price_max, 2), "all cost the same");
}

#[sqlx::test]
async fn the_home_page_shows_the_newest_and_what_sells(db: PgPool) {
    let shop = stocked(db).await;
    shop.run("update product set units_sold = 7 where slug = 'bowl'", |query| query).await;
    let home = catalog::home(&shop.guest(), Currency::Usd).await.unwrap();
    let slugs = |cards: &[domain::catalog::ProductCard]| cards.iter().map(|card| card.slug.clone()).collect::<Vec<_>>();
    assert_eq!(slugs(&home.newest), ["throw", "plate-100-wool_mix", "mug", "bowl"]);
    assert_eq!(slugs(&home.best_selling), ["bowl", "throw", "plate-100-wool_mix", "mug"]);
    assert_eq!((home.best_selling[0].price.amount, home.best_selling[0].price_max.amount), (2_000, 2_500));
    assert_eq!(home.sellers.iter().map(|seller| seller.slug.as_str()).collect::<Vec<_>>(), ["potter", "weaver"]);
    let [department] = &home.departments[..] else { panic!("one department: {:?}", home.departments) };
    assert_eq!((department.category.slug.as_str(), department.category.product_count, department.image.is_none()), ("home", 4, true));
    shop.run(
        "insert into image (image_id, product_id, file, widths, width, height, alt, background)
        select $1, product_id, slug, '{320}', 320, 320, slug, '#f4ecdf' from product where slug = 'bowl'",
        |query| query.bind(backend::db::new_id()),
    )
    .await;
    let home = catalog::home(&shop.guest(), Currency::Usd).await.unwrap();
    let picture = |home: &domain::catalog::HomeView| home.departments[0].image.as_ref().map(|image| image.alt.clone());
    assert_eq!(picture(&home).as_deref(), Some("bowl"), "the picture of what sells best");
    shop.run("update product set units_sold = 9 where slug = 'mug'", |query| query).await;
    let home = catalog::home(&shop.guest(), Currency::Usd).await.unwrap();
    assert_eq!(picture(&home).as_deref(), Some("bowl"), "what sells best has no picture");
    assert_eq!(home.departments[0].category.product_count, 4);
}

#[sqlx::test]
async fn categories_are_named_in_the_language_of_the_reader(db: PgPool) {
    let shop = stocked(db).await;
    shop.run("update category set names = '{\"de\": \"Geschirr\"}' where slug = 'table'", |query| query).await;
    shop.run("update category set names = '{\"de\": \"Haus\"}' where slug = 'home'", |query| query).await;
    let (program, mut german) = (shop.guest(), shop.guest());
    german.caller.market = Some(Market { language: Language::German, currency: Currency::Usd });
    for (reader, home, table) in [(&program, "Home", "Table"), (&german, "Haus", "Geschirr")] {
        let names: BTreeSet<String> = catalog::categories(reader).await.unwrap().into_iter().map(|category| category.name).collect();
        assert_eq!(
            names,
            BTreeSet::from([home.to_owned(), table.to_owned(), "Textiles".to_owned()]),
            "without a name of its own: the base"
        );
        let front = catalog::home(reader, Currency::Usd).await.unwrap();
        assert_eq!(front.departments[0].category.name, home);
        assert!(front.newest.iter().any(|card| card.category.name == table));
        assert_eq!(catalog::product(reader, "bowl", Currency::Usd).await.unwrap().category.name, table);
        let found = catalog::listing(reader, &ListingQuery::default().check().unwrap()).await.unwrap();
        let facet = found.facets.iter().find(|facet| facet.field == "category").unwrap();
        assert!(facet.values.iter().any(|value| (value.value.as_str(), value.label.as_str()) == ("table", table)));
        assert!(found.items.iter().any(|card| card.category.name == table));
    }
    let introductions = r#"update category set introductions = '{"en": "To eat from.", "de": "Zum Essen."}' where slug = 'table'"#;
    shop.run(introductions, |query| query).await;
    shop.run(r#"update category set introductions = '{"en": "For a home."}' where slug = 'home'"#, |query| query).await;
    for (reader, home, table) in [(&program, "For a home.", "To eat from."), (&german, "For a home.", "Zum Essen.")] {
        let categories = catalog::categories(reader).await.unwrap();
        let told = |slug: &str| categories.iter().find(|category| category.slug == slug).unwrap().introduction.clone();
        assert_eq!([told("home").as_deref(), told("table").as_deref()], [Some(home), Some(table)], "English where nothing else is there");
        assert!(categories.iter().any(|category| category.introduction.is_none()), "nothing is made up");
    }
    let query = ListingQuery { q: Some("geschirr".into()), ..Default::default() }.check().unwrap();
    assert_eq!(catalog::listing(&german, &query).await.unwrap().total, 3);
    assert_eq!(catalog::listing(&program, &query).await.unwrap().total, 0);
}
