use backend::demo::{DemoAccounts, Seeded, seed};
use backend::testing::Shop;
use backend::{accounts, catalog};
use domain::accounts::Role;
use domain::money::Currency;
use serde_json::json;
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A marketplace of one seller and one product, in the form of `demo/`; removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = Self(std::env::temp_dir().join(format!("souk-demo-{}", backend::db::new_id())));
        folder.write(
            "pictures/mug.svg",
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4" fill="{{base}}"/></svg>"#,
        );
        folder.write_json(
            "catalogue/categories.json",
            &json!([
                { "slug": "home", "parent": null, "name": "Home", "position": 1 },
                { "slug": "table", "parent": "home", "name": "Table", "position": 1 },
            ]),
        );
        folder.write_json("catalogue/coupons.json", &json!([]));
        folder.write_json("catalogue/taxes.json", &json!([{ "country": "US", "region": null, "rate_basis_points": 0, "mode": "added" }]));
        folder.write_json(
            "catalogue/warehouses.json",
            &json!([{ "code": "us-east", "name": "Newark", "country": "US", "region": "NJ", "latitude": 40.7, "longitude": -74.2 }]),
        );
        folder.write_json("catalogue/sellers/potter.json", &potter());
        folder.write_json("catalogue/reviews.json", &json!([review("dawn-mug")]));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn write_json(&self, name: &str, value: &serde_json::Value) {
        self.write(name, &value.to_string());
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn potter() -> serde_json::Value {
    let variant = |sku: &str, glaze: &str, stock: i32, measure: Option<&str>| {
        json!({ "sku": sku, "values": [glaze], "weight_grams": 300, "measure": measure, "stock": { "us-east": stock },
            "prices": { "USD": { "amount": 3400, "compare_at": null }, "EUR": { "amount": 3200, "compare_at": 4000 } } })
    };
    json!({
        "slug": "potter", "name": "Potter", "tagline": "Bowls & more", "story_html": "<p>Clay &amp; fire.</p><p>Since 2009.</p>", "city": "Asheville", "country": "US",
        "commission_basis_points": 1200, "policies": { "shipping_html": "<p>Soon.</p>", "returns_html": "<p>Thirty days.</p>" },
        "palette": { "base": "#e4d3b2" },
        "shipping": [{ "label": "Standard", "countries": ["US"], "prices": { "USD": 840, "EUR": 740 }, "free_from": { "USD": 9000 }, "per_kg": { "USD": 90 }, "grams_max": null,
            "days_from": 3, "days_to": 5, "default": true }],
        "products": [{
            "slug": "dawn-mug", "title": "Dawn Mug", "category": "table", "newest": 1,
            "summary": "A mug for < 7 o'clock.", "description_html": "<p>Thrown by hand.</p><script>alert(1)</script>",
            "material": "Stoneware", "details": [{ "name": "Holds", "value": "0.3 l <b>" }],
            "options": [{ "name": "Glaze", "values": [{ "value": "Oat" }, { "value": "Moss" }] }],
            "variants": [variant("DM-OAT", "Oat", 14, None), variant("DM-MOSS", "Moss", 0, Some("0.3 l"))],
            "pictures": [
                { "source": "mug", "alt": "An oat mug.", "colours": {}, "shows": { "option": "Glaze", "value": "Oat" } },
                { "source": "mug", "alt": "Two mugs.", "colours": { "base": "#7f8a5b" }, "shows": null },
            ],
        }],
    })
}

fn review(product: &str) -> serde_json::Value {
    json!({ "product": product, "author": "Ada L.", "rating": 4, "title": null, "body": "Warm.", "days_ago": 3, "verified": true })
}

fn people() -> DemoAccounts {
    DemoAccounts {
        admin_email: "admin@souk.example".into(),
        admin_password: "an administrators words".into(),
        demo_password: "a demonstrators words".into(),
    }
}

#[sqlx::test]
async fn seeding_fills_an_empty_marketplace_and_leaves_a_full_one_alone(db: PgPool) {
    let (shop, folder) = (Shop::new(db.clone()), Folder::new());
    assert_eq!(seed(&shop.handles, &folder.0, &people()).await.unwrap(), Seeded::Everything);
    assert_eq!(seed(&shop.handles, &folder.0, &people()).await.unwrap(), Seeded::Nothing);
    let guest = shop.guest();
    let mug = catalog::product(&guest, "dawn-mug", Currency::Usd).await.unwrap();
    let description = "<p>A mug for &lt; 7 o'clock.</p><p>Thrown by hand.</p><dl><dt>Material</dt><dd>Stoneware</dd><dt>Holds</dt><dd>0.3 l &lt;b&gt;</dd></dl>";
    assert_eq!(mug.description_html, description, "what could do harm is taken out");
    assert_eq!(mug.variants.iter().map(|variant| variant.available).collect::<Vec<_>>(), [14, 0]);
    let unit_prices = mug.variants.iter().map(|variant| variant.unit_price.map(|price| (price.amount, variant.unit.as_deref())));
    assert_eq!(unit_prices.collect::<Vec<_>>(), [None, Some((11_333, Some("l")))]);
    assert_eq!((mug.rating.average, mug.rating.count), (4.0, 1));
    assert_eq!(mug.images[0].variant_ids, [mug.variants[0].id]);
    assert!(mug.images[1].variant_ids.is_empty());
    for image in &mug.images {
        let file = Path::new(&image.url).file_name().unwrap();
        assert!(shop.handles.settings.media_dir.join(file).is_file(), "{}", image.url);
        assert!(image.srcset.contains(" 320w, ") && image.srcset.ends_with(" 1280w"));
    }
    assert_eq!(
        backend::sellers::seller(&guest, "potter", Currency::Usd).await.unwrap().story,
        "Bowls & more.\n\nClay & fire.\n\nSince 2009."
    );
    let euros = catalog::product(&guest, "dawn-mug", Currency::Eur).await.unwrap();
    assert_eq!(euros.variants[0].compare_at_price.unwrap().amount, 4_000);
    let rows: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from shipping_rate), (select sum(delta) from stock_movement where reason = 'receive')::bigint, (select count(*) from event)",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(rows, (2, 14, 1));
    assert_eq!(backend::check::run(&shop.handles, None).await.unwrap().len(), 0);
}

#[sqlx::test]
async fn pictures_that_were_lost_are_drawn_again(db: PgPool) {
    let (shop, folder) = (Shop::new(db), Folder::new());
    let seed = async || seed(&shop.handles, &folder.0, &people()).await.unwrap();
    let files = || {
        let entries = fs::read_dir(&shop.handles.settings.media_dir).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    seed().await;
    let drawn = files();
    fs::remove_file(shop.handles.settings.media_dir.join(&drawn[0])).unwrap();
    assert_eq!((seed().await, files()), (Seeded::Pictures, drawn.clone()));
    fs::remove_dir_all(&shop.handles.settings.media_dir).unwrap();
    assert_eq!((seed().await, files()), (Seeded::Pictures, drawn));
    assert_eq!(seed().await, Seeded::Nothing);
}

#[sqlx::test]
async fn the_people_of_the_demonstration_can_sign_in(db: PgPool) {
    let (shop, folder) = (Shop::new(db), Folder::new());
    seed(&shop.handles, &folder.0, &people()).await.unwrap();
    let roles = async |email: &str, password: &str| accounts::sign_in(&shop.guest(), email, password).await.unwrap().roles;
    assert_eq!(roles("admin@souk.example", "an administrators words").await, [Role::Shopper, Role::Admin]);
    assert_eq!(roles("shopper@souk.example", "a demonstrators words").await, [Role::Shopper]);
    assert_eq!(roles("potter@souk.example", "a demonstrators words").await, [Role::Shopper, Role::Seller]);
}

#[sqlx::test]
async fn a_mistake_in_the_catalogue_is_named_and_seeds_nothing(db: PgPool) {
    let (shop, folder) = (Shop::new(db.clone()), Folder::new());
    let mut potter = potter();
    potter["products"][0]["category"] = json!("cars");
    folder.write_json("catalogue/sellers/potter.json", &potter);
    let error = format!("{:#}", seed(&shop.handles, &folder.0, &people()).await.unwrap_err());
    assert!(error.contains("dawn-mug") && error.contains("cars"), "{error}");
    folder.write_json("catalogue/sellers/potter.json", &self::potter());
    folder.write_json("catalogue/reviews.json", &json!([review("car")]));
    let error = format!("{:#}", seed(&shop.handles, &folder.0, &people()).await.unwrap_err());
    assert!(error.contains("`car`"), "{error}");
    let sellers: i64 = sqlx::query_scalar("select count(*) from seller").fetch_one(&db).await.unwrap();
    assert_eq!(sellers, 0);
}

/// The marketplace that every visitor of the demonstration sees is as large as promised, and every product is shown twice.
#[test]
fn the_demonstration_has_what_it_promises() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
    let sellers: Vec<serde_json::Value> = fs::read_dir(folder.join("catalogue/sellers"))
        .unwrap()
        .map(|file| serde_json::from_str(&fs::read_to_string(file.unwrap().path()).unwrap()).unwrap())
        .collect();
    let products: Vec<_> = sellers.iter().flat_map(|seller| seller["products"].as_array().unwrap()).collect();
    assert!(sellers.len() >= 10 && products.len() >= 160, "{} sellers, {} products", sellers.len(), products.len());
    let variants: Vec<_> = products.iter().flat_map(|product| product["variants"].as_array().unwrap()).collect();
    assert!(variants.len() >= 500, "{} variants", variants.len());
    assert!(variants.iter().all(|variant| variant["prices"]["USD"].is_object() && variant["prices"]["EUR"].is_object()));
    let measured: Vec<&str> = variants.iter().filter_map(|variant| variant["measure"].as_str()).collect();
    assert!(measured.len() >= 80 && measured.iter().all(|measure| measure.parse::<domain::catalog::Measure>().is_ok()), "{measured:?}");
    let read =
        |name: &str| serde_json::from_str::<serde_json::Value>(&fs::read_to_string(folder.join("catalogue").join(name)).unwrap()).unwrap();
    let length = |name: &str| read(name).as_array().unwrap().len();
    let categories = read("categories.json");
    assert!(categories.as_array().unwrap().iter().all(|category| category["names"]["de"].is_string()), "each is named in German");
    let introduced = |language: &str| categories.as_array().unwrap().iter().all(|category| category["introductions"][language].is_string());
    assert!(introduced("en") && introduced("de"), "each is introduced in every language");
    assert!(length("categories.json") >= 16 && length("reviews.json") >= 400 && length("warehouses.json") >= 2);
    let taxed: BTreeSet<String> =
        read("taxes.json").as_array().unwrap().iter().map(|tax| tax["country"].as_str().unwrap().to_owned()).collect();
    for country in domain::country::COUNTRIES {
        assert!(taxed.contains(country.code), "{} has no tax", country.code);
        let ships = |seller: &serde_json::Value| {
            let zones = seller["shipping"].as_array().unwrap();
            zones.iter().any(|zone| zone["countries"].as_array().unwrap().iter().any(|code| code == country.code))
        };
        assert!(sellers.iter().all(ships), "{} is offered at the checkout, and somebody does not ship there", country.code);
    }
    for product in products {
        let sources: BTreeSet<_> =
            product["pictures"].as_array().unwrap().iter().map(|picture| picture["source"].as_str().unwrap()).collect();
        assert!(sources.len() >= 2, "{}", product["slug"]);
        for source in sources {
            assert!(folder.join(format!("pictures/{source}.svg")).is_file(), "{source}");
        }
    }
}

/// Words of a text without its tags, in small letters.
fn words(html: &str) -> Vec<String> {
    let texts = html.split('<').map(|part| part.rsplit('>').next().unwrap_or_default());
    let text = texts.collect::<Vec<_>>().join(" ").to_lowercase();
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A visitor of the demonstration meets every state that the pages have, and no sentence twice.
#[test]
fn the_demonstration_has_something_of_everything() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/catalogue");
    let read = |path: PathBuf| serde_json::from_str::<serde_json::Value>(&fs::read_to_string(path).unwrap()).unwrap();
    let sellers: Vec<_> = fs::read_dir(folder.join("sellers")).unwrap().map(|file| read(file.unwrap().path())).collect();
    let products: Vec<_> = sellers.iter().flat_map(|seller| seller["products"].as_array().unwrap()).collect();
    let variants: Vec<_> = products.iter().flat_map(|product| product["variants"].as_array().unwrap()).collect();
    let (mut reduced, mut stocks) = ([0, 0], Vec::new());
    for variant in &variants {
        for (count, currency) in reduced.iter_mut().zip(["USD", "EUR"]) {
            let price = &variant["prices"][currency];
            if let Some(before) = price["compare_at"].as_i64() {
                assert!(before > price["amount"].as_i64().unwrap(), "{} costs more than before", variant["sku"]);
                *count += 1;
            }
        }
        stocks.push(variant["stock"].as_object().unwrap().values().map(|stock| stock.as_i64().unwrap()).sum::<i64>());
    }
    assert!(reduced.iter().all(|count| *count >= 20), "{reduced:?} are reduced");
    let low = stocks.iter().filter(|stock| (1..=5).contains(*stock)).count();
    let out = stocks.iter().filter(|stock| **stock == 0).count();
    assert!(low >= 20 && out >= 10 && low + out < stocks.len() / 2, "{low} low, {out} out of {}", stocks.len());
    let categories = read(folder.join("categories.json"));
    let tops = categories.as_array().unwrap().iter().filter(|category| category["parent"].is_null()).count();
    assert!(tops >= 3 && categories.as_array().unwrap().len() > 3 * tops, "two levels");

    let reviews = read(folder.join("reviews.json"));
    let bodies = reviews.as_array().unwrap().iter().map(|review| review["body"].as_str().unwrap());
    let stories = sellers.iter().map(|seller| seller["story_html"].as_str().unwrap());
    let descriptions = products.iter().map(|product| product["description_html"].as_str().unwrap());
    let summaries = products.iter().map(|product| product["summary"].as_str().unwrap());
    // A measure is a line of a table by itself: words of two of them do not follow each other.
    let details =
        products.iter().flat_map(|product| product["details"].as_array().unwrap()).map(|detail| detail["value"].as_str().unwrap());
    let taglines = sellers.iter().map(|seller| seller["tagline"].as_str().unwrap());
    let texts: Vec<Vec<String>> =
        bodies.chain(stories).chain(descriptions).chain(summaries).chain(details).chain(taglines).map(words).collect();
    let mut seen = BTreeSet::new();
    for eight in texts.iter().flat_map(|text| text.windows(8)) {
        assert!(seen.insert(eight), "twice: {}", eight.join(" "));
    }
    assert!(seen.len() > 5_000, "{} runs of words", seen.len());
}
