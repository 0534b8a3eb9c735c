//! Reading another shop's file into a real database, its pictures from a server of the test's own.

use backend::catalog;
use backend::import::{Counts, ImportSettings, Notice, PictureHosts, Report, shopify};
use backend::testing::{NewVariant, Shop};
use domain::catalog::ProductView;
use domain::money::Currency;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use sqlx::PgPool;
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

const FIXTURE: &str = include_str!("fixtures/shopify.csv");
const HEADER: &str = "Handle,Title,Body (HTML),Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Barcode,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Image Alt Text,Unit Price Total Measure,Unit Price Total Measure Unit";

// The other shop's pictures ------------------------------------------------------------------------------------------

/// A server of pictures, good and bad; counts who asked.
struct Pictures {
    address: String,
    asked: Arc<AtomicUsize>,
}

impl Pictures {
    async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer(stream));
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }
}

async fn answer(mut stream: TcpStream) {
    let mut lines = BufReader::new(&mut stream).lines();
    let first = lines.next_line().await.unwrap().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    while lines.next_line().await.unwrap().is_some_and(|line| !line.is_empty()) {}
    let ok = |body: Vec<u8>| [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes(), body].concat();
    let moved = |to: &str| format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes();
    let answer = match path.as_str() {
        "/oat.png" => ok(png([228, 211, 178])),
        "/moss.png" => ok(png([127, 138, 91])),
        "/moved.png" => moved("/oat.png"),
        "/circle.png" => moved("/circle.png"),
        "/to-a-file.png" => moved("file:///etc/passwd"),
        "/text.png" => ok(b"<html>no picture</html>".to_vec()),
        "/claims.gif" => {
            ok([b"GIF89a".as_slice(), &[0x60, 0xea, 0x60, 0xea, 0, 0, 0, 0x2c, 0, 0, 0, 0, 0x60, 0xea, 0x60, 0xea, 0]].concat())
        }
        "/announced.png" => b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n".to_vec(),
        "/endless.png" => [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &vec![0; 21 * 1024 * 1024]].concat(),
        "/cut.png" => b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc".to_vec(),
        "/mute.png" => Vec::new(),
        "/error.png" => b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".to_vec(),
        _ => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
    };
    // Whoever has read enough hangs up.
    drop(stream.write_all(&answer).await);
}

fn png(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_pixel(40, 30, Rgb(colour))).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

// The marketplace ----------------------------------------------------------------------------------------------------

struct Market {
    shop: Shop,
    pictures: Pictures,
}

impl Market {
    /// A seller, a warehouse, and the category `tableware`.
    async fn new(db: PgPool) -> Self {
        let market = Self { shop: Shop::new(db), pictures: Pictures::serve().await };
        market.shop.seller("kiln").await;
        market.shop.category("tableware", None).await;
        market
            .shop
            .run("insert into warehouse (warehouse_id, code, name, country, rank) values ($1, 'first', 'First', 'US', -1)", |query| {
                query.bind(Uuid::from_u128(7))
            })
            .await;
        market
    }

    fn settings(&self) -> ImportSettings {
        ImportSettings {
            seller: "kiln".to_owned(),
            currency: Currency::Usd,
            category: None,
            warehouse: None,
            is_dry_run: false,
            picture_hosts: PictureHosts::Any,
        }
    }

    async fn import_with(&self, file: &str, settings: &ImportSettings) -> anyhow::Result<(Report, Vec<String>)> {
        let mut told = Vec::new();
        let mut tell = |notice| match notice {
            Notice::Refused(error) => told.push(error.to_string()),
            Notice::PictureMissing(error) => told.push(format!("picture: {error}")),
            Notice::Progress { rows, .. } => told.push(format!("{rows} rows")),
        };
        let report = shopify(&self.shop.handles, file.as_bytes(), settings, &mut tell).await?;
        Ok((report, told))
    }

    async fn import(&self, file: &str) -> (Report, Vec<String>) {
        self.import_with(file, &self.settings()).await.unwrap()
    }

    /// A file that has nothing wrong.
    async fn take(&self, file: &str) -> Report {
        let (report, told) = self.import(file).await;
        assert_eq!((report.rows_refused, told), (0, Vec::<String>::new()));
        report
    }

    async fn view(&self, slug: &str) -> ProductView {
        catalog::product(&self.shop.guest(), slug, Currency::Usd).await.unwrap()
    }

    async fn text(&self, query: &'static str) -> String {
        sqlx::query_scalar::<_, Option<String>>(query).fetch_one(&self.shop.handles.db).await.unwrap().unwrap_or_default()
    }

    /// Everything that an import could write.
    async fn everything(&self) -> String {
        let mut all = Vec::new();
        for query in [
            "select jsonb_agg(to_jsonb(t) order by product_id)::text from product t",
            "select jsonb_agg(to_jsonb(t) order by variant_id)::text from variant t",
            "select jsonb_agg(to_jsonb(t) order by variant_id, currency)::text from price t",
            "select jsonb_agg(to_jsonb(t) order by image_id)::text from image t",
            "select jsonb_agg(to_jsonb(t) order by stock_item_id, warehouse_id)::text from stock_level t",
            "select jsonb_agg(to_jsonb(t) order by stock_movement_id)::text from stock_movement t",
            "select jsonb_agg(to_jsonb(t) order by stock_item_id)::text from stock_item t",
            "select jsonb_agg(to_jsonb(t) order by product_id)::text from import_source t",
            "select jsonb_agg(to_jsonb(t) order by category_id)::text from category t",
            "select jsonb_agg(jsonb_build_array(kind, subject_id) order by event_id)::text from event t",
        ] {
            all.push(self.text(query).await);
        }
        all.join("\n")
    }

    async fn assert_sound(&self) {
        assert_eq!(backend::check::run(&self.shop.handles, None).await.unwrap(), []);
    }

    fn fixture(&self) -> String {
        FIXTURE.replace("{pictures}", &self.pictures.address)
    }
}

fn counts(created: u64, updated: u64, unchanged: u64) -> Counts {
    Counts { created, updated, unchanged }
}

/// A file of rows that are written as column and cell.
fn file(rows: &[&[(&str, &str)]]) -> String {
    let columns: Vec<&str> = HEADER.split(',').collect();
    let mut text = format!("{HEADER}\n");
    for row in rows {
        assert!(row.iter().all(|(column, _)| columns.contains(column)), "{row:?}");
        let cell = |column: &&str| row.iter().rev().find(|(name, _)| name == column).map_or("", |(_, cell)| cell).replace('"', "\"\"");
        let cells: Vec<String> = columns.iter().map(|column| format!("\"{}\"", cell(column))).collect();
        text.push_str(&format!("{}\n", cells.join(",")));
    }
    text
}

const BOWL: [(&str, &str); 5] =
    [("Handle", "bowl"), ("Title", "Bowl"), ("Variant SKU", "B-1"), ("Variant Price", "20.00"), ("Variant Inventory Qty", "5")];

/// One product of one row, which differs from a good one in these cells.
fn bowl(changes: &[(&str, &str)]) -> String {
    file(&[&[&BOWL, changes].concat()])
}

fn sizes(sizes: &[(&str, &str)]) -> String {
    let first =
        [("Handle", "bowl"), ("Title", "Bowl"), ("Option1 Name", "Size"), ("Variant Price", "20.00"), ("Variant Inventory Qty", "5")];
    let rows: Vec<Vec<(&str, &str)>> =
        sizes.iter().map(|(sku, size)| [&first[..], &[("Variant SKU", sku), ("Option1 Value", size)]].concat()).collect();
    file(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

// Promises -----------------------------------------------------------------------------------------------------------

#[sqlx::test]
async fn a_file_with_every_oddity_fills_the_shop_and_names_what_is_wrong(db: PgPool) {
    let market = Market::new(db).await;
    let (report, told) = market.import(&market.fixture()).await;
    assert_eq!(
        report,
        Report {
            products: counts(4, 0, 0),
            variants: counts(5, 0, 0),
            pictures: counts(3, 0, 0),
            pictures_missing: 1,
            rows: 13,
            rows_refused: 7,
            ..Report::default()
        }
    );
    let gone = market.pictures.url("gone.png");
    assert_eq!(
        told,
        [
            format!("picture: line 6: Image Src: {gone:?}: 127.0.0.1 answered 404 Not Found"),
            "line 9: Title: is missing".to_owned(),
            "line 12: Variant Price: \"abc\" is not an amount".to_owned(),
            "line 13: Option1 Value: the same options stand in line 11 already".to_owned(),
            "line 14: Variant SKU: \"DM-OAT\" stands in line 2 already".to_owned(),
            "line 15: Image Src: \"ftp://files.example.org/stool.png\" is not an http or https address".to_owned(),
            "line 17: the row has 2 cells where the header has 29".to_owned(),
        ]
    );
    let mug = market.view("dawn-mug").await;
    assert_eq!(mug.description_html, "<p>Thrown by hand.</p>\n<p>A \"small\" one,\nfor two.</p>");
    assert_eq!((mug.category.slug.as_str(), mug.options[0].values.as_slice()), ("tableware", &["Oat".to_owned(), "Moss".to_owned()][..]));
    assert_eq!(mug.variants.iter().map(|variant| (variant.price.amount, variant.available)).collect::<Vec<_>>(), [(3_400, 14), (3_400, 0)]);
    assert_eq!(mug.variants[0].compare_at_price.map(|price| price.amount), Some(4_000));
    assert_eq!(
        (mug.images.len(), mug.images[0].variant_ids.as_slice(), mug.images[1].alt.as_str()),
        (2, &[mug.variants[1].id][..], "An oat mug.")
    );
    assert_eq!(mug.images[1].background, "#e4d3b2");
    for image in &mug.images {
        assert!(market.shop.handles.settings.media_dir.join(image.url.trim_start_matches("/media/")).is_file(), "{}", image.url);
    }
    let rest = market.text("select string_agg(slug || ' ' || status, ', ' order by slug) from product").await;
    assert_eq!(rest, "dawn-mug published, linen-shirt draft, teapot published, voucher draft");
    let kept = market.text("select barcode || ' ' || weight_grams from variant where sku = 'DM-OAT'").await;
    assert_eq!(kept, "0123456789012 350");
    assert_eq!(market.text("select string_agg(distinct code, ', ') from stock_level join warehouse using (warehouse_id)").await, "first");
    assert_eq!(
        market.text("select string_agg(kind, ', ' order by event_id) from event").await,
        "product_published, product_changed, product_published, product_changed"
    );
    market.assert_sound().await;
}

#[sqlx::test]
async fn reading_the_same_file_again_changes_nothing_but_tries_missing_pictures(db: PgPool) {
    let market = Market::new(db).await;
    market.import(&market.fixture()).await;
    let (before, asked) = (market.everything().await, market.pictures.asked());
    let (report, told) = market.import(&market.fixture()).await;
    assert_eq!((report.products, report.variants, report.pictures), (counts(0, 0, 4), counts(0, 0, 5), counts(0, 0, 3)));
    assert_eq!((report.rows_refused, told.len()), (7, 7));
    assert_eq!(market.everything().await, before);
    assert_eq!(market.pictures.asked(), asked + 1, "only the picture that was missing is asked for");
}

#[sqlx::test]
async fn what_differs_in_a_newer_file_is_changed_and_stock_is_not(db: PgPool) {
    let market = Market::new(db).await;
    market
        .take(&bowl(&[
            ("Variant Barcode", "111"),
            ("Variant Grams", "300"),
            ("Variant Compare At Price", "25"),
            ("Unit Price Total Measure", "500"),
            ("Unit Price Total Measure Unit", "g"),
        ]))
        .await;
    let product = market.view("bowl").await;
    let newer = [
        ("Title", "Deep Bowl"),
        ("Body (HTML)", "<p>Deep.</p>"),
        ("Variant Price", "22.50"),
        ("Variant Inventory Qty", "99"),
        ("Variant Barcode", "222"),
    ];
    let report = market.take(&bowl(&newer)).await;
    assert_eq!((report.products, report.variants), (counts(0, 1, 0), counts(0, 1, 0)));
    let changed = market.view("bowl").await;
    assert_eq!((changed.id, changed.title.as_str(), changed.description_html.as_str()), (product.id, "Deep Bowl", "<p>Deep.</p>"));
    let variant = &changed.variants[0];
    assert_eq!((variant.id, variant.price.amount, variant.compare_at_price, variant.available), (product.variants[0].id, 2_250, None, 5));
    assert_eq!((variant.unit_price.map(|price| price.amount), variant.unit.as_deref()), (Some(4_500), Some("kg")), "the measure stays");
    let rest = "select (select concat_ws(' ', barcode, weight_grams) from variant) || ' ' || (select version from product) || ' ' || (select count(*) from event)";
    assert_eq!(market.text(rest).await, "222 300 2 2", "a weight of which the file does not speak stays");
    market.assert_sound().await;
}

#[sqlx::test]
async fn variants_come_and_go_with_the_file(db: PgPool) {
    let market = Market::new(db).await;
    market.take(&sizes(&[("B-S", "S"), ("B-M", "M")])).await;
    let report = market.take(&sizes(&[("B-M", "M"), ("B-L", "L")])).await;
    assert_eq!((report.variants, report.variants_withdrawn), (counts(1, 1, 0), 1));
    let skus = async || market.view("bowl").await.variants.into_iter().map(|variant| variant.sku).collect::<Vec<_>>();
    assert_eq!(
        (skus().await, market.view("bowl").await.options[0].values.join(" ")),
        (vec!["B-M".to_owned(), "B-L".to_owned()], "M L".to_owned())
    );
    market.take(&sizes(&[("B-S", "S"), ("B-M", "M"), ("B-L", "L")])).await;
    assert_eq!(skus().await, ["B-S", "B-M", "B-L"]);
    assert_eq!(market.text("select count(*)::text from variant").await, "3");
    // A SKU that was changed over there is the same variant here.
    let report = market.take(&sizes(&[("NEW-S", "S"), ("B-M", "M"), ("B-L", "L")])).await;
    assert_eq!((report.variants, skus().await[0].as_str()), (counts(0, 1, 2), "NEW-S"));
    market.assert_sound().await;
}

#[sqlx::test]
async fn a_variant_whose_row_is_refused_is_not_taken_for_gone(db: PgPool) {
    let market = Market::new(db).await;
    let good = sizes(&[("B-S", "S"), ("B-M", "M")]);
    market.take(&good).await;
    let (report, _) = market.import(&good.replacen("\"20.00\"", "\"free\"", 1)).await;
    assert_eq!((report.products, report.variants_withdrawn, report.rows_refused), (counts(0, 0, 1), 0, 1), "{report}");
    assert_eq!(market.view("bowl").await.variants.len(), 2);
}

#[sqlx::test]
async fn each_absurd_row_is_refused_and_changes_nothing(db: PgPool) {
    let market = Market::new(db).await;
    market.take(&bowl(&[])).await;
    market.take(&bowl(&[("Handle", "vase"), ("Variant SKU", "V-1")])).await;
    let before = market.everything().await;
    let long = "x".repeat(70_000);
    for changes in [
        &[("Variant Price", "-1")][..],
        &[("Variant Price", "100000000")],
        &[("Variant Price", "twenty")],
        &[("Variant Inventory Qty", "1e9")],
        &[("Title", "")],
        &[("Title", &long)],
        &[("Body (HTML)", &long)],
        &[("Variant SKU", &long)],
        &[("Variant SKU", "V-1")],
        &[("Image Src", "gopher://example.org/bowl.png")],
        &[("Option1 Name", "Size"), ("Option1 Value", &long)],
        &[("Title", "Bowl\0")],
    ] {
        let (report, told) = market.import(&bowl(changes)).await;
        assert_eq!((report.rows, report.rows_refused, told.len()), (1, 1, 1), "{told:?}");
        assert!(told[0].starts_with("line 2: ") && told[0].len() < 200, "{told:?}");
        assert_eq!(report.products, Counts::default());
    }
    assert_eq!(market.everything().await, before);
}

#[sqlx::test]
async fn other_sellers_products_are_never_touched(db: PgPool) {
    let market = Market::new(db).await;
    let (other, category) = (market.shop.seller("potter").await, market.shop.category("vases", None).await);
    market.shop.product("bowl", other, category, &[NewVariant::new(100, 1)]).await;
    let theirs = market.text("select to_jsonb(product)::text from product where slug = 'bowl'").await;
    market.take(&bowl(&[])).await;
    market.take(&bowl(&[("Variant Price", "21.00")])).await;
    assert_eq!(market.text("select to_jsonb(product)::text from product where slug = 'bowl'").await, theirs);
    assert_eq!(market.view("bowl-kiln").await.variants[0].price.amount, 2_100);
    // The same file is another seller's own products.
    let settings = ImportSettings { seller: "potter".to_owned(), ..market.settings() };
    let (report, told) = market.import_with(&bowl(&[]), &settings).await.unwrap();
    assert_eq!((report.products, told.len()), (counts(1, 0, 0), 0));
    assert_eq!(market.text("select string_agg(slug, ' ' order by slug) from product").await, "bowl bowl-kiln bowl-potter");
    market.assert_sound().await;
}

#[sqlx::test]
async fn a_sku_of_another_product_of_the_seller_is_refused_with_its_line(db: PgPool) {
    let market = Market::new(db).await;
    market.take(&bowl(&[])).await;
    let (report, told) = market.import(&bowl(&[("Handle", "vase")])).await;
    assert_eq!(told, ["line 2: the SKU \"B-1\" is that of another product, \"bowl\""]);
    assert_eq!((report.products, report.rows_refused), (Counts::default(), 1));
    assert_eq!(market.text("select count(*)::text from product").await, "1");
}

#[sqlx::test]
async fn a_dry_run_reports_the_same_and_does_nothing(db: PgPool) {
    let market = Market::new(db).await;
    let before = market.everything().await;
    let dry = ImportSettings { is_dry_run: true, ..market.settings() };
    let (report, told) = market.import_with(&market.fixture(), &dry).await.unwrap();
    assert_eq!((report.products, report.variants, report.rows_refused, told.len()), (counts(4, 0, 0), counts(5, 0, 0), 7, 6));
    assert_eq!((report.pictures, market.pictures.asked()), (counts(4, 0, 0), 0));
    assert!(report.to_string().starts_with("Dry run: "), "{report}");
    assert_eq!(market.everything().await, before);
    assert!(!market.shop.handles.settings.media_dir.exists());
}

#[sqlx::test]
async fn a_picture_that_cannot_be_had_is_named_and_the_product_taken(db: PgPool) {
    let market = Market::new(db).await;
    let cases = [
        ("absent.png", "127.0.0.1 answered 404 Not Found"),
        ("error.png", "127.0.0.1 answered 500 Internal Server Error"),
        ("text.png", "it is no picture that can be read (JPEG, PNG, WebP or GIF)"),
        ("claims.gif", "it has 60000 times 60000 pixels, which is more than 25000000 in all"),
        ("announced.png", "it is larger than 20 MiB"),
        ("endless.png", "it is larger than 20 MiB"),
        ("cut.png", "127.0.0.1 broke off"),
        ("mute.png", "127.0.0.1 broke off"),
        ("circle.png", "it was moved more than 3 times, or to no address"),
        ("to-a-file.png", "it was moved more than 3 times, or to no address"),
    ];
    let mut rows = vec![BOWL.to_vec()];
    let urls: Vec<String> = cases.iter().map(|(name, _)| market.pictures.url(name)).collect();
    rows.extend(urls.iter().map(|url| vec![("Handle", "bowl"), ("Image Src", url.as_str())]));
    let (report, told) = market.import(&file(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())).await;
    let expected: Vec<String> = (3..)
        .zip(&urls)
        .zip(cases)
        .map(|((line, url), (_, reason))| format!("picture: line {line}: Image Src: {url:?}: {reason}"))
        .collect();
    assert_eq!(told, expected);
    assert_eq!((report.products, report.pictures_missing, report.rows_refused), (counts(1, 0, 0), 10, 0));
    assert_eq!(market.view("bowl").await.images.len(), 0);
}

#[sqlx::test]
async fn machines_of_our_own_are_not_asked_for_pictures(db: PgPool) {
    let market = Market::new(db).await;
    let port = market.pictures.address.rsplit_once(':').unwrap().1;
    let settings = ImportSettings { picture_hosts: PictureHosts::Public, ..market.settings() };
    for host in ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"] {
        let url = format!("http://{host}:{port}/oat.png");
        let (report, told) = market.import_with(&bowl(&[("Image Src", &url)]), &settings).await.unwrap();
        assert_eq!(report.pictures_missing, 1, "{host}");
        assert!(told[0].ends_with("is no machine that may be asked"), "{told:?}");
    }
    assert_eq!(market.pictures.asked(), 0);
}

#[sqlx::test]
async fn a_host_that_is_never_reached_is_given_up(db: PgPool) {
    let market = Market::new(db).await;
    let rows: Vec<_> = (0..9)
        .map(|number| {
            [("Handle", format!("bowl-{number}")), ("Variant SKU", String::new()), ("Image Src", format!("http://127.0.0.1:1/{number}"))]
        })
        .collect();
    let rows: Vec<Vec<(&str, &str)>> =
        rows.iter().map(|row| BOWL.into_iter().chain(row.iter().map(|(column, cell)| (*column, cell.as_str()))).collect()).collect();
    let (report, told) = market.import(&file(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())).await;
    assert_eq!((report.products, report.pictures_missing), (counts(9, 0, 0), 9));
    assert!(told[2].ends_with("127.0.0.1 cannot be reached") && told[3].ends_with("is not asked any more"), "{told:?}");
}

#[sqlx::test]
async fn pictures_follow_the_file_and_one_added_by_hand_stays(db: PgPool) {
    let market = Market::new(db).await;
    let (oat, moss) = (market.pictures.url("oat.png"), market.pictures.url("moss.png"));
    market.take(&bowl(&[("Image Src", &oat)])).await;
    market
        .shop
        .run(
            "insert into image (image_id, product_id, file, widths, width, height, alt, background, position)
            select $1, product_id, 'byhand', '{320}', 320, 320, 'By hand.', '#ffffff', 9 from product",
            |query| query.bind(Uuid::from_u128(9)),
        )
        .await;
    let alts = async || market.text("select string_agg(alt, ', ' order by position, alt) from image").await;
    assert_eq!(alts().await, "Bowl, By hand.");
    assert_eq!(market.take(&bowl(&[("Image Src", &oat), ("Image Alt Text", "A bowl.")])).await.pictures, counts(0, 1, 0));
    let (report, _) = market.import(&bowl(&[("Image Src", &market.pictures.url("absent.png"))])).await;
    assert_eq!((report.pictures_removed, alts().await.as_str()), (0, "A bowl., By hand."), "what is there is better than nothing");
    let report = market.take(&bowl(&[("Image Src", &moss), ("Image Alt Text", "A moss bowl.")])).await;
    assert_eq!((report.pictures, report.pictures_removed, alts().await.as_str()), (counts(1, 0, 0), 1, "A moss bowl., By hand."));
    assert_eq!(market.take(&bowl(&[])).await.pictures_removed, 0, "a file without pictures says nothing of them");
}

#[sqlx::test]
async fn what_the_marketplace_decided_stays(db: PgPool) {
    let market = Market::new(db).await;
    market.take(&bowl(&[("Type", "Tableware")])).await;
    let category = market.shop.category("vases", None).await;
    market.shop.run("update product set status = 'withdrawn', category_id = $1, slug = 'renamed'", |query| query.bind(category)).await;
    market.take(&bowl(&[("Type", "Tableware"), ("Title", "Other Bowl")])).await;
    let kept = "select concat_ws(' ', status, product.slug, category.slug, title) from product join category using (category_id)";
    assert_eq!(market.text(kept).await, "withdrawn renamed vases Other Bowl");
}

#[sqlx::test]
async fn what_is_hidden_over_there_is_hidden_here_and_comes_back(db: PgPool) {
    let market = Market::new(db).await;
    let status = async |published: &str| {
        market.take(&bowl(&[("Published", published)])).await;
        market.text("select status from product").await
    };
    assert_eq!((status("true").await, status("false").await, status("").await), ("published".into(), "draft".into(), "draft".into()));
    assert_eq!((status("true").await, status("").await), ("published".into(), "published".into()));
    let events = market.text("select string_agg(kind, ' ' order by event_id) from event").await;
    assert_eq!(events, "product_published product_changed product_published");
}

#[sqlx::test]
async fn a_category_is_asked_for_or_found_by_the_files_words_or_the_last_resort(db: PgPool) {
    let market = Market::new(db.clone()).await;
    market.shop.category("home-and-table", None).await;
    let category = async |handle: &str, word: &str, settings: &ImportSettings| {
        let file = bowl(&[("Handle", handle), ("Variant SKU", ""), ("Type", word)]);
        market.import_with(&file, settings).await.unwrap();
        market.view(handle).await.category.slug
    };
    let plain = market.settings();
    assert_eq!(category("a", "TABLEWARE", &plain).await, "tableware");
    assert_eq!(category("b", "Home and Table", &plain).await, "home-and-table");
    assert_eq!((category("c", "Cars", &plain).await, category("d", "", &plain).await), ("other".into(), "other".into()));
    let german: String = sqlx::query_scalar("select names->>'de' from category where slug = 'other'").fetch_one(&db).await.unwrap();
    assert_eq!(german, "Anderes");
    let asked = ImportSettings { category: Some("tableware".to_owned()), ..plain.clone() };
    assert_eq!(category("e", "Home and Table", &asked).await, "tableware");
    assert_eq!(market.text("select count(*)::text from category").await, "3");
}

#[sqlx::test]
async fn what_is_not_there_is_said_before_anything(db: PgPool) {
    let market = Market::new(db).await;
    let failing = async |settings: ImportSettings, file: &str| market.import_with(file, &settings).await.unwrap_err().to_string();
    let settings = || market.settings();
    let good = bowl(&[]);
    assert_eq!(failing(ImportSettings { seller: "nobody".into(), ..settings() }, &good).await, "there is no seller `nobody`");
    assert_eq!(failing(ImportSettings { category: Some("cars".into()), ..settings() }, &good).await, "there is no category `cars`");
    assert_eq!(failing(ImportSettings { warehouse: Some("moon".into()), ..settings() }, &good).await, "there is no warehouse `moon`");
    assert!(failing(settings(), "SKU,Price\nB-1,20\n").await.contains("no column `Handle`, `Title`"));
    assert_eq!(market.text("select count(*)::text from product").await, "0");
}

#[sqlx::test]
async fn prices_are_exact_in_the_currency_that_is_named(db: PgPool) {
    let market = Market::new(db).await;
    market.take(&bowl(&[("Variant Price", "20.10")])).await;
    let yen = ImportSettings { currency: Currency::Jpy, ..market.settings() };
    let (report, _) = market.import_with(&bowl(&[("Variant Price", "3100.00")]), &yen).await.unwrap();
    assert_eq!(report.variants, counts(0, 1, 0));
    assert_eq!(market.text("select string_agg(currency || ' ' || amount, ', ' order by currency) from price").await, "JPY 3100, USD 2010");
    let (report, told) = market.import_with(&bowl(&[("Variant Price", "3100.50")]), &yen).await.unwrap();
    assert_eq!((report.rows_refused, told[0].as_str()), (1, "line 2: Variant Price: \"3100.50\" has more decimals than JPY has"));
}

/// Breaks off in the middle, as a disk does.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() { Err(std::io::Error::other("the disk is gone")) } else { self.0.read(buffer) }
    }
}

#[sqlx::test]
async fn a_run_that_breaks_off_keeps_what_it_did_and_the_next_completes_it(db: PgPool) {
    let market = Market::new(db).await;
    let rows: Vec<Vec<(&str, String)>> =
        (0..60).map(|number| vec![("Handle", format!("bowl-{number}")), ("Body (HTML)", "x".repeat(500))]).collect();
    let rows: Vec<Vec<(&str, &str)>> = rows
        .iter()
        .map(|row| BOWL.into_iter().chain([("Variant SKU", "")]).chain(row.iter().map(|(column, cell)| (*column, cell.as_str()))).collect())
        .collect();
    let whole = file(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let broken = Broken(&whole.as_bytes()[..whole.len() / 2]);
    let error = shopify(&market.shop.handles, broken, &market.settings(), &mut drop).await.unwrap_err();
    assert!(format!("{error:#}").contains("the disk is gone"), "{error:#}");
    let kept: i64 = market.text("select count(*)::text from product").await.parse().unwrap();
    assert!((10..40).contains(&kept), "{kept}");
    let report = market.take(&whole).await;
    assert_eq!(report.products, counts(60 - kept.unsigned_abs(), 0, kept.unsigned_abs()));
    market.assert_sound().await;
}

#[sqlx::test]
async fn two_runs_at_once_make_each_product_once(db: PgPool) {
    let market = Market::new(db).await;
    let fixture = market.fixture();
    let ((one, _), (other, _)) = tokio::join!(market.import(&fixture), market.import(&fixture));
    assert_eq!((one.products.created + other.products.created, one.variants.created + other.variants.created), (4, 5));
    assert_eq!(market.text("select count(*) || ' ' || count(distinct source_url) from image").await, "3 3");
    market.assert_sound().await;
}

#[sqlx::test]
async fn a_long_file_says_how_far_it_is(db: PgPool) {
    let market = Market::new(db).await;
    let mut text = file(&[&[("Handle", "nameless")]]);
    (0..2_500).for_each(|_| text.push_str(&format!("nameless{}\n", ",".repeat(HEADER.matches(',').count()))));
    text.push_str(bowl(&[]).split_once('\n').unwrap().1);
    let (report, told) = market.import(&text).await;
    assert_eq!((report.rows, report.rows_refused, report.products), (2_502, 2_501, counts(1, 0, 0)));
    assert_eq!(told, ["line 2: Title: is missing", "2501 rows"]);
}

#[sqlx::test]
async fn what_was_imported_can_be_bought(db: PgPool) {
    let market = Market::new(db).await;
    market.take(&bowl(&[("Variant Inventory Qty", "2")])).await;
    let variant = market.view("bowl").await.variants[0].id;
    let stock: Uuid = market.text("select stock_item_id::text from variant").await.parse().unwrap();
    let seller = market.view("bowl").await.seller.id;
    let line = backend::inventory::ReserveLine { stock_item: stock.into(), variant, seller, quantity: 2 };
    let holder = backend::inventory::Holder { kind: domain::inventory::HolderKind::Order, id: backend::db::new_id() };
    backend::inventory::reserve(&market.shop.handles, holder, &[line], 60, None).await.unwrap();
    market.take(&bowl(&[("Variant Inventory Qty", "50")])).await;
    assert_eq!(market.view("bowl").await.variants[0].available, 0);
    market.assert_sound().await;
}
