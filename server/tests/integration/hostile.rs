//! Texts that end an element, an attribute, a script or a comment early, and then run: sent through every door that takes
//! text, and looked for on every page that shows it. The journeys send the same texts through a browser.

use crate::markup::{Markup, one_line};
use crate::support::{Answer, ORIGIN, Server, encoded, form, request};
use backend::import::{ImportSettings, PictureHosts, shopify};
use base64::Engine as _;
use domain::money::Currency;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Four by four pixels of sand.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEUlEQVR42mN4cnkTHDEQxwEA7iEmkbxRXl0AAAAASUVORK5CYII=";

fn corpus() -> Vec<String> {
    serde_json::from_str(include_str!("../data/hostile.json")).unwrap()
}

/// The page, which runs nothing but its own scripts.
#[track_caller]
fn harmless(path: &str, text: &str, page: &Answer) -> Markup {
    assert!(!page.status.is_server_error(), "{path} with {text}: {}", page.status);
    let markup = Markup::of(&page.body);
    assert_eq!(markup.armed(&corpus()), Vec::<String>::new(), "{path} with {text}");
    markup
}

// A seller's file -----------------------------------------------------------------------------------------------------

/// The address of a picture on a machine of the test's own.
async fn picture() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/picture.png", listener.local_addr().unwrap());
    let picture = base64::engine::general_purpose::STANDARD.decode(PICTURE).unwrap();
    let answer = [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", picture.len()).into_bytes(), picture].concat();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            _ = stream.read(&mut [0; 1_024]).await;
            _ = stream.write_all(&answer).await;
        }
    });
    address
}

/// A product for each text, which stands wherever a seller can write; its slug is `bowl-` and the text's number.
async fn import(server: &Server) {
    server.shop.simple_product("vase", 4_200, 5).await;
    let picture = picture().await;
    let quoted = |fields: &[&str]| fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
    let header = "Handle,Title,Body (HTML),Vendor,Type,Tags,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,\
                  Variant Inventory Qty,Variant Price,Image Src,Image Alt Text";
    let mut file = format!("{header}\n");
    for (number, text) in corpus().iter().enumerate() {
        let (handle, title, other, code) =
            (format!("bowl-{number}"), format!("Bowl {text}"), format!("Other {text}"), format!("{number}{text}"));
        let text = text.as_str();
        let fields = [&*handle, &title, text, text, text, text, text, text, &other, text, &code, "9", "20.00", &picture, text];
        file += &format!("{}\n", quoted(&fields));
    }
    let settings = ImportSettings {
        seller: "vase-seller".to_owned(),
        currency: Currency::Usd,
        category: Some("vase-category".to_owned()),
        warehouse: None,
        is_dry_run: false,
        picture_hosts: PictureHosts::Any,
    };
    let report = shopify(&server.shop.handles, file.as_bytes(), &settings, &mut |_| {}).await.unwrap();
    assert_eq!((report.products.created as usize, report.rows_refused, report.pictures_missing), (corpus().len(), 0, 0));
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_a_seller_writes_is_text_wherever_it_is_shown(db: PgPool) {
    let server = Server::new(db);
    import(&server).await;
    for (number, text) in corpus().iter().enumerate() {
        let path = format!("/p/bowl-{number}");
        server.shop.run("update seller set name = $1", |query| query.bind(one_line(text))).await;
        let review = "insert into review (review_id, product_id, author, rating, title, body, written_at)
                      select $1, product_id, $2, 5, $2, $2, souk.clock() from product where slug = $3";
        let (id, slug) = (backend::db::new_id(), format!("bowl-{number}"));
        server.shop.run(review, |query| query.bind(id).bind(text.clone()).bind(slug)).await;
        let page = harmless(&path, text, &server.get(&path).await);
        assert!(page.says(text) && page.says(&format!("Bowl {text}")), "{text}");
        let is_alt = |(name, value): &(String, String)| name == "alt" && *value == one_line(text);
        assert!(page.elements.iter().any(|element| element.attributes.iter().any(is_alt)), "{text} describes a picture");
        for path in ["/", "/c/vase-category", "/s/vase-seller", "/search?q=bowl", "/de/s/vase-seller", &format!("/de-usd{path}")] {
            harmless(path, text, &server.get(path).await);
        }
    }
    let list = harmless("/c/vase-category", "all of them", &server.get("/c/vase-category").await);
    assert!(corpus().iter().all(|text| list.says(&format!("Bowl {text}"))), "{list:?}");
}

// A visitor's addresses -----------------------------------------------------------------------------------------------

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_stands_in_an_address_is_text_wherever_it_is_shown(db: PgPool) {
    let server = Server::new(db);
    server.shop.simple_product("vase", 4_200, 5).await;
    for text in corpus() {
        let typed = encoded(&text);
        let search = format!("/search?q={typed}");
        assert!(harmless(&search, &text, &server.get(&search).await).says(&text), "{text}");
        for path in [
            format!("/search?option.Colour={typed}&option.{typed}=a&sort={typed}&min_price={typed}&currency={typed}&cursor={typed}"),
            format!("/de/search?q={typed}"),
            format!("/search?category={typed}"),
            format!("/search?seller={typed}"),
            format!("/p/vase?variant={typed}&reviews={typed}"),
            format!("/p/{typed}"),
            format!("/c/{typed}"),
            format!("/s/{typed}?q={typed}"),
            format!("/orders/{typed}"),
            format!("/checkout/pay/{typed}"),
            format!("/checkout?address={typed}"),
            format!("/account/sign-in?next={typed}"),
            format!("/account/register?next={typed}"),
            format!("/track?t={typed}"),
            format!("/{typed}"),
        ] {
            harmless(&path, &text, &server.get(&path).await);
        }
    }
}

// A shopper's forms ---------------------------------------------------------------------------------------------------

/// A browser without JavaScript.
struct Visitor {
    server: Arc<Server>,
    text: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    async fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookie = cookies.join("; ");
        let mut headers = vec![("accept", "text/html"), ("origin", ORIGIN), ("cookie", cookie.as_str())];
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let answer = self.server.send(request(method, path, &headers, body)).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            }
        }
        answer
    }

    async fn see(&mut self, path: &str) -> Markup {
        let page = self.send("GET", path, "").await;
        harmless(path, &self.text, &page)
    }

    /// A page on which what was typed can be read again.
    async fn read(&mut self, path: &str) {
        let page = self.see(path).await;
        assert!(page.says(&self.text), "{path} does not show {}", self.text);
    }

    /// Sends a form, and says where it leads.
    async fn post(&mut self, function: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.send("POST", &format!("/sf/{function}"), &form(fields)).await;
        assert!(answer.status.is_redirection(), "{function} with {}: {} {}", self.text, answer.status, answer.body);
        answer.header("location").to_owned()
    }

    async fn open_account(&mut self, email: &str) {
        let (text, again) = (self.text.clone(), format!("{} again", self.text));
        let (text, again) = (text.as_str(), again.as_str());
        let password = ("password", "copper kettle moss 7");
        self.post("accounts/sign_in", &[("email", text), ("password", text), ("next", text)]).await;
        self.read("/account/sign-in").await;
        self.post("accounts/register", &[("name", text), ("email", text), password, ("next", text)]).await;
        self.read("/account/register").await;
        self.post("accounts/register", &[("name", text), ("email", email), password, ("next", text)]).await;
        self.read("/account").await;
        self.post("accounts/rename", &[("name", again)]).await;
        self.read("/account").await;
    }

    /// Types the text into every field of an address of the account, then mends those that take no such thing.
    async fn keep_address(&mut self) {
        let text = self.text.clone();
        let mended = [("region", "NY"), ("postal_code", "10013"), ("country", "US")];
        let names = ["name", "line1", "line2", "city", "region", "postal_code", "country"];
        let mut fields: Vec<(&str, &str)> = names.into_iter().map(|name| (name, text.as_str())).collect();
        assert_eq!(self.post("accounts/save_address", &fields).await, "/account/address");
        self.read("/account/address").await;
        fields.retain(|(name, _)| mended.iter().all(|(own, _)| own != name));
        fields.extend(mended);
        assert_eq!(self.post("accounts/save_address", &fields).await, "/account");
        self.read("/account").await;
        self.see(&format!("/account/address?id={}", encoded(&text))).await;
    }

    async fn fill_cart(&mut self, variant: &str) {
        let text = self.text.clone();
        self.post("cart/add_item", &[("variant", variant), ("quantity", "1")]).await;
        self.read("/cart").await;
        self.post("cart/set_coupon", &[("coupon", text.as_str())]).await;
        self.see("/cart").await;
        for press in ["enter_coupon", "order"] {
            self.post("checkout/place_order", &[("coupon", text.as_str()), ("press", press)]).await;
            self.see("/checkout").await;
        }
    }

    /// Types the text into every field, then mends those that take no such thing, and orders.
    async fn order(&mut self, email: &str) {
        let text = self.text.clone();
        let mut fields: Vec<(&str, &str)> = ["form_key", "email", "name", "line1", "line2", "city", "region", "postal_code", "country"]
            .into_iter()
            .chain(["shown_amount", "shown_currency", "shipping[vase-seller]", "shipping[x]"])
            .map(|name| (name, text.as_str()))
            .collect();
        self.post("checkout/place_order", &fields).await;
        self.read("/checkout").await;
        let mended = [("email", email), ("region", "NY"), ("postal_code", "10013"), ("country", "US")];
        let seen = [("shown_amount", "2500"), ("shown_currency", "USD")];
        fields.retain(|(name, _)| !name.starts_with("shipping") && mended.iter().chain(&seen).all(|(own, _)| own != name));
        fields.extend(mended);
        self.post("checkout/place_order", &fields).await;
        self.read("/checkout").await;
        fields.extend(seen);
        let way = self.post("checkout/place_order", &fields).await;
        let number = way.strip_prefix("/checkout/pay/").unwrap_or_else(|| panic!("{} leads to {way}", self.text)).to_owned();
        for path in [format!("/checkout/pay/{number}"), format!("/orders/{number}"), "/account".to_owned(), "/checkout".to_owned()] {
            self.read(&path).await;
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn what_a_shopper_types_is_text_wherever_it_is_shown(db: PgPool) {
    let server = Arc::new(Server::new(db));
    import(&server).await;
    let mut visits = JoinSet::new();
    for (number, text) in corpus().into_iter().enumerate() {
        let variant = "select variant_id::text from variant join product using (product_id) where slug = $1";
        let slug = format!("bowl-{number}");
        let variant: String = sqlx::query_scalar(variant).bind(slug).fetch_one(&server.shop.handles.db).await.unwrap();
        let mut visitor = Visitor { server: server.clone(), text, cookies: BTreeMap::new() };
        visits.spawn(async move {
            let email = format!("visitor-{number}@example.org");
            visitor.open_account(&email).await;
            visitor.keep_address().await;
            visitor.fill_cart(&variant).await;
            visitor.order(&email).await;
        });
    }
    while let Some(visit) = visits.join_next().await {
        visit.unwrap();
    }
}
