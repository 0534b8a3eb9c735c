//! Mails, and the verification of an address that a mail makes possible.

use crate::bank;
use crate::checkout::{guest_with, placed, request};
use backend::accounts::{forget_ended, is_email_verified, register, send_verification};
use backend::testing::Shop;
use backend::{Caller, Context, Failure, check, checkout, jobs, mail, orders};
use domain::accounts::{AccountRefusal, SessionUser, UserView};
use domain::checkout::PlaceOrder;
use domain::language::Language;
use domain::market::Market;
use serde_json::json;
use sqlx::PgPool;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

const PASSWORD: &str = "copper kettle moss";
const HOUR: Duration = Duration::from_secs(3_600);

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure<AccountRefusal>>) -> AccountRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// A new account, signed in.
async fn account(shop: &Shop, email: &str, market: Market) -> Context {
    let guest = shop.context(Caller { market: Some(market), ..Caller::default() });
    let UserView { id, email, name, roles } = register(&guest, email, PASSWORD, "Ada").await.unwrap();
    let user = SessionUser { id, email, name, roles, sellers: Vec::new() };
    shop.context(Caller { user: Some(user), market: Some(market), ..Caller::default() })
}

fn new_mails(shop: &Shop) -> PathBuf {
    shop.handles.settings.mail.directory.join("new")
}

/// Hands over what is due, and takes it away as whatever sends mail does.
async fn take_mails(shop: &Shop) -> Vec<String> {
    mail::hand_over_due(&shop.handles).await.unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(new_mails(shop)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mails = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    fs::remove_dir_all(&shop.handles.settings.mail.directory).unwrap();
    mails
}

/// The link in a mail, whose lines may be broken and whose signs may be escaped (quoted-printable).
fn link_in(mail: &str) -> String {
    let text = mail.replace("=\n", "").replace("=3D", "=");
    text.split_whitespace().find(|word| word.starts_with("http")).expect("the mail has a link").to_owned()
}

fn token_in(mail: &str) -> String {
    link_in(mail).split_once("?token=").expect("the link has a token").1.to_owned()
}

async fn count(db: &PgPool, query: &'static str, text: &str) -> i64 {
    sqlx::query_scalar(query).bind(text.to_owned()).fetch_one(db).await.unwrap()
}

#[sqlx::test]
async fn a_new_account_is_mailed_a_link_that_verifies_its_address_once(db: PgPool) {
    let shop = Shop::new(db.clone());
    let ada = account(&shop, "ada@example.org", Market::default()).await;
    assert!(!is_email_verified(&ada).await.unwrap());
    let mails = take_mails(&shop).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("\nTo: ada@example.org\n") && mails[0].contains("\nFrom: Souk <souk@example.org>\n"), "{}", mails[0]);
    assert!(mails[0].contains("\nSubject: Confirm your e-mail address\n"), "{}", mails[0]);
    let id: Uuid = sqlx::query_scalar("select mail_id from mail").fetch_one(&db).await.unwrap();
    assert!(mails[0].contains(&format!("Message-ID: <{id}@example.org>\n")), "{}", mails[0]);
    assert!(link_in(&mails[0]).starts_with("http://127.0.0.1:3000/account/verify?token="), "{}", mails[0]);
    let token = token_in(&mails[0]);
    assert_eq!(token.len(), 64);

    let grace = account(&shop, "grace@example.org", Market::default()).await;
    assert!(matches!(orders::verify_email(&shop.guest(), &token).await, Err(Failure::Unauthorized)));
    assert_eq!(refused(orders::verify_email(&grace, &token).await), AccountRefusal::LinkInvalid, "it is another account's");
    assert_eq!(refused(orders::verify_email(&ada, "guess").await), AccountRefusal::LinkInvalid);
    assert!(!is_email_verified(&ada).await.unwrap());
    assert_eq!(orders::verify_email(&ada, &token).await.unwrap(), 0);
    assert!(is_email_verified(&ada).await.unwrap() && !is_email_verified(&grace).await.unwrap());
    assert_eq!(count(&db, "select count(*) from event where kind = $1", "email_verified").await, 1);
    assert_eq!(refused(orders::verify_email(&ada, &token).await), AccountRefusal::LinkInvalid, "it works once");
    take_mails(&shop).await;
    assert!(!send_verification(&ada).await.unwrap(), "there is nothing left to verify");
    assert_eq!(count(&db, "select count(*) from mail where address = $1", "ada@example.org").await, 1);
}

#[sqlx::test]
async fn no_row_holds_the_token(db: PgPool) {
    let shop = Shop::new(db.clone());
    account(&shop, "ada@example.org", Market::default()).await;
    let like = format!("%{}%", token_in(&take_mails(&shop).await[0]));
    for query in [
        "select count(*) from mail where mail::text like $1",
        "select count(*) from job where job::text like $1",
        "select count(*) from event where event::text like $1",
        "select count(*) from email_verification where email_verification::text like $1",
    ] {
        assert_eq!(count(&db, query, &like).await, 0, "{query}");
    }
}

#[sqlx::test]
async fn a_german_is_written_to_in_german(db: PgPool) {
    let shop = Shop::new(db);
    account(&shop, "ada@example.org", Market::of(Language::German)).await;
    let mail = take_mails(&shop).await.remove(0);
    assert!(mail.is_ascii() && mail.to_lowercase().contains("\nsubject: =?utf-8?"), "{mail}");
    assert!(mail.contains("best=C3=A4tige"), "{mail}");
    assert!(link_in(&mail).starts_with("http://127.0.0.1:3000/de/account/verify?token="), "{mail}");
}

#[sqlx::test]
async fn what_a_guest_orders_with_a_verified_address_is_in_its_account_at_once(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    let ada = account(&shop, "Ada@example.org", Market::default()).await;
    let grace = account(&shop, "grace@example.org", Market::default()).await;
    let link = take_mails(&shop).await.into_iter().find(|mail| mail.contains("\nTo: Ada@example.org\n")).expect("Ada has a mail");
    orders::verify_email(&ada, &token_in(&link)).await.unwrap();
    let order_as = async |email: &str| {
        let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
        checkout::place_order(&guest, PlaceOrder { email: email.to_owned(), ..request() }).await.unwrap().number
    };
    let own = order_as("ada@example.org").await;
    order_as("grace@example.org").await;
    let history = orders::orders(&ada, None, 10).await.unwrap().items;
    assert_eq!(history.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(), [own.as_str()]);
    assert!(orders::orders(&grace, None, 10).await.unwrap().items.is_empty(), "her address is not verified");
}

#[sqlx::test]
async fn verifying_takes_in_the_guests_orders_of_the_address_and_no_others(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    let (_, first) = placed(&shop, &bowl, 1).await;
    let (_, second) = placed(&shop, &bowl, 2).await;
    let of_grace = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    checkout::place_order(&of_grace, PlaceOrder { email: "grace@example.org".to_owned(), ..request() }).await.unwrap();
    // Two that are in accounts: one that joined by its token, one that was placed there.
    let (_, claimed) = placed(&shop, &bowl, 3).await;
    let shopper = shop.shopper().await;
    let friend = shop.context(Caller { order_tokens: vec![claimed.access_token.clone()], ..shopper.caller.clone() });
    assert!(orders::claim(&friend, claimed.number.as_str()).await.unwrap());
    backend::cart::set_item(&shopper, bowl.variants[0], 4).await.unwrap();
    checkout::place_order(&shopper, request()).await.unwrap();

    let ada = account(&shop, "Ada@example.org", Market::default()).await;
    let history = async |ctx: &Context| {
        let mut numbers: Vec<_> = orders::orders(ctx, None, 10).await.unwrap().items.into_iter().map(|order| order.number).collect();
        numbers.reverse();
        numbers
    };
    assert_eq!(history(&ada).await, [], "knowing the address proves nothing");
    let token = token_in(&take_mails(&shop).await[0]);
    assert_eq!(orders::verify_email(&ada, &token).await.unwrap(), 2);
    assert_eq!(history(&ada).await, [first.number, second.number]);
    assert_eq!(history(&shopper).await.len(), 2);
    assert_eq!(check::run(&shop.handles, None).await.unwrap(), []);
}

#[sqlx::test]
async fn a_link_ends_after_a_day_or_with_the_next_one(db: PgPool) {
    let shop = Shop::new(db);
    let ada = account(&shop, "ada@example.org", Market::default()).await;
    let first = token_in(&take_mails(&shop).await[0]);
    assert!(send_verification(&ada).await.unwrap());
    let second = token_in(&take_mails(&shop).await[0]);
    assert_eq!(refused(orders::verify_email(&ada, &first).await), AccountRefusal::LinkInvalid, "there is a newer one");
    shop.advance(24 * HOUR + Duration::from_secs(1)).await;
    assert_eq!(refused(orders::verify_email(&ada, &second).await), AccountRefusal::LinkInvalid, "a day is over");
    assert_eq!(forget_ended(&shop.handles).await.unwrap(), 0);
    shop.advance(7 * 24 * HOUR).await;
    assert_eq!(forget_ended(&shop.handles).await.unwrap(), 1);
    assert!(send_verification(&ada).await.unwrap());
    assert_eq!(orders::verify_email(&ada, &token_in(&take_mails(&shop).await[0])).await.unwrap(), 0);
}

#[sqlx::test]
async fn a_link_verifies_the_address_it_was_mailed_to_and_no_later_one(db: PgPool) {
    let shop = Shop::new(db);
    let ada = account(&shop, "ada@example.org", Market::default()).await;
    let token = token_in(&take_mails(&shop).await[0]);
    shop.run("update app_user set email = 'grace@example.org'", |query| query).await;
    assert_eq!(refused(orders::verify_email(&ada, &token).await), AccountRefusal::LinkInvalid);
    assert!(!is_email_verified(&ada).await.unwrap());
}

#[sqlx::test]
async fn mails_are_asked_for_within_limits_and_by_accounts_alone(db: PgPool) {
    let shop = Shop::new(db);
    assert!(matches!(send_verification(&shop.guest()).await, Err(Failure::Unauthorized)));
    let shopper = shop.shopper().await;
    for _ in 0..3 {
        assert!(send_verification(&shopper).await.unwrap());
    }
    assert!(matches!(refused(send_verification(&shopper).await), AccountRefusal::TooManyTries { .. }));
    assert!(send_verification(&shop.shopper().await).await.unwrap(), "another account is not held up by it");
    assert_eq!(take_mails(&shop).await.len(), 4);
}

#[sqlx::test]
async fn a_mail_that_is_handed_over_again_is_the_same_file(db: PgPool) {
    let shop = Shop::new(db.clone());
    account(&shop, "ada@example.org", Market::default()).await;
    assert_eq!(mail::hand_over_due(&shop.handles).await.unwrap(), 1);
    let id: Uuid = sqlx::query_scalar("select mail_id from mail").fetch_one(&db).await.unwrap();
    let written = fs::read_to_string(new_mails(&shop).join(id.to_string())).unwrap();
    // As after a crash between writing and noting it.
    shop.run("update mail set handed_over_at = null", |query| query).await;
    let mut connection = db.acquire().await.unwrap();
    assert!(jobs::schedule(&mut connection, "mail", id, &json!({}), Duration::ZERO).await.unwrap());
    shop.advance(HOUR).await;
    assert_eq!(mail::hand_over_due(&shop.handles).await.unwrap(), 1);
    assert_eq!(take_mails(&shop).await, [written]);
    // And after one between noting it and the end of the job.
    assert!(jobs::schedule(&mut connection, "mail", id, &json!({}), Duration::ZERO).await.unwrap());
    assert_eq!(mail::hand_over_due(&shop.handles).await.unwrap(), 1);
    assert!(!new_mails(&shop).exists());
}

#[sqlx::test]
async fn a_mail_waits_for_its_directory(db: PgPool) {
    let shop = Shop::new(db.clone());
    account(&shop, "ada@example.org", Market::default()).await;
    let nowhere = shop.clone().with_settings(|settings| settings.mail.directory = "/dev/null/mail".into());
    mail::hand_over_due(&nowhere.handles).await.unwrap();
    assert_eq!(count(&db, "select count(*) from job where last_error like $1", "%SOUK_MAIL_DIRECTORY%").await, 1);
    shop.advance(HOUR).await;
    assert_eq!(take_mails(&shop).await.len(), 1);
}

#[sqlx::test]
async fn mails_that_were_handed_over_are_forgotten_in_the_end(db: PgPool) {
    let shop = Shop::new(db);
    account(&shop, "ada@example.org", Market::default()).await;
    take_mails(&shop).await;
    account(&shop, "grace@example.org", Market::default()).await;
    shop.advance(89 * 24 * HOUR).await;
    assert_eq!(mail::forget_old(&shop.handles).await.unwrap(), 0);
    shop.advance(2 * 24 * HOUR).await;
    assert_eq!(mail::forget_old(&shop.handles).await.unwrap(), 1, "the other was not handed over");
}
