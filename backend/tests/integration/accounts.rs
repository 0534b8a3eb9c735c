use backend::accounts::{
    access_token_user, addresses, change_address, end_other_sessions, end_session, forget_address, issue_tokens, keep_address, profile,
    refresh, register, rename, revoke, session_user, sessions, sign_in, start_session,
};
use backend::testing::Shop;
use backend::{Caller, Client, Context, Failure};
use domain::accounts::{AccountRefusal, PasswordWeakness, Role};
use domain::address::{Address, AddressDraft};
use domain::id::UserId;
use sqlx::PgPool;
use std::time::Duration;

const PASSWORD: &str = "copper kettle moss";
const DAY: Duration = Duration::from_secs(86_400);

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure<AccountRefusal>>) -> AccountRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn registered(shop: &Shop) -> (Context, UserId) {
    let guest = shop.guest();
    let user = register(&guest, "ada@example.org", PASSWORD, "Ada").await.unwrap();
    (guest, user.id)
}

async fn signed_in(shop: &Shop, token: &str) -> Context {
    let user = access_token_user(&shop.handles, token).await.unwrap();
    shop.context(Caller { user, ..Caller::default() })
}

async fn count(db: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(db).await.unwrap()
}

#[sqlx::test]
async fn registering_makes_a_person_a_buyer_and_an_event(db: PgPool) {
    let shop = Shop::new(db.clone());
    let user = register(&shop.guest(), " Ada@Example.ORG ", PASSWORD, " Ada ").await.unwrap();
    assert_eq!((user.email.as_str(), user.name.as_str(), user.roles.as_slice()), ("Ada@example.org", "Ada", [Role::Shopper].as_slice()));
    assert_eq!(count(&db, "select count(*) from buyer join app_user using (user_id)").await, 1);
    assert_eq!(count(&db, "select count(*) from event where kind = 'user_registered'").await, 1);
    assert_eq!(count(&db, "select count(*) from identity where secret like '$argon2id$%m=19456,t=2,p=1$%'").await, 1);
}

#[sqlx::test]
async fn an_address_is_taken_once_in_any_case_and_by_whoever_is_first(db: PgPool) {
    let shop = Shop::new(db.clone());
    let guest = shop.guest();
    let both = tokio::join!(register(&guest, "ada@example.org", PASSWORD, "Ada"), register(&guest, "ADA@example.org", PASSWORD, "Ada"));
    let outcomes = [both.0, both.1];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(refused(outcome), AccountRefusal::EmailTaken);
    }
    assert_eq!(count(&db, "select count(*) from app_user").await, 1);
}

#[sqlx::test]
async fn what_is_no_account_is_refused_by_its_reason(db: PgPool) {
    let guest = Shop::new(db).guest();
    let weak = |weakness| AccountRefusal::WeakPassword { weakness };
    assert_eq!(refused(register(&guest, "ada", PASSWORD, "Ada").await), AccountRefusal::InvalidEmail);
    assert_eq!(refused(register(&guest, "ada@example.org", PASSWORD, "  ").await), AccountRefusal::InvalidName);
    assert_eq!(refused(register(&guest, "ada@example.org", PASSWORD, "A\u{7}da").await), AccountRefusal::InvalidName);
    assert_eq!(refused(register(&guest, "ada@example.org", "short", "Ada").await), weak(PasswordWeakness::TooShort));
    assert_eq!(refused(register(&guest, "ada@example.org", "passwordpassword", "Ada").await), weak(PasswordWeakness::Guessable));
}

#[sqlx::test]
async fn only_the_right_password_signs_in(db: PgPool) {
    let shop = Shop::new(db.clone());
    let (guest, user) = registered(&shop).await;
    assert_eq!(sign_in(&guest, " ADA@example.org", PASSWORD).await.unwrap().id, user);
    assert_eq!(refused(sign_in(&guest, "ada@example.org", "copper kettle mosS").await), AccountRefusal::InvalidCredentials);
    assert_eq!(refused(sign_in(&guest, "nobody@example.org", PASSWORD).await), AccountRefusal::InvalidCredentials);
    shop.run("update app_user set suspended_at = souk.clock()", |query| query).await;
    assert_eq!(refused(sign_in(&guest, "ada@example.org", PASSWORD).await), AccountRefusal::InvalidCredentials);
}

#[sqlx::test]
async fn a_password_hashed_in_an_old_way_is_hashed_anew_at_sign_in(db: PgPool) {
    let shop = Shop::new(db.clone());
    let (guest, _) = registered(&shop).await;
    // "copper kettle moss" with 8 KiB and one pass.
    let old = argon2_weak(PASSWORD);
    shop.run("update identity set secret = $1", |query| query.bind(old.clone())).await;
    sign_in(&guest, "ada@example.org", PASSWORD).await.unwrap();
    assert_eq!(count(&db, "select count(*) from identity where secret like '%m=19456,t=2,p=1$%'").await, 1);
    sign_in(&guest, "ada@example.org", PASSWORD).await.unwrap();
}

fn argon2_weak(password: &str) -> String {
    use argon2::password_hash::PasswordHasher as _;
    use argon2::{Algorithm, Argon2, Params, Version};
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    argon2.hash_password(password.as_bytes()).unwrap().to_string()
}

async fn check_failures_are_limited(shop: Shop) {
    let shop = shop.with_settings(|settings| settings.sign_in_limit_account = 3);
    let (guest, _) = registered(&shop).await;
    for _ in 0..5 {
        sign_in(&guest, "ada@example.org", PASSWORD).await.expect("a success does not count");
    }
    for _ in 0..3 {
        assert_eq!(refused(sign_in(&guest, "ada@example.org", "wrong").await), AccountRefusal::InvalidCredentials);
    }
    let AccountRefusal::TooManyTries { retry_after_s } = refused(sign_in(&guest, "Ada@example.org", PASSWORD).await) else {
        panic!("the fourth try is one too many, even with the right password");
    };
    assert!((1..=301).contains(&retry_after_s), "{retry_after_s}");
    // Another account from the same client is not held up by it.
    assert_eq!(refused(sign_in(&guest, "grace@example.org", PASSWORD).await), AccountRefusal::InvalidCredentials);
}

#[sqlx::test]
async fn failures_of_one_account_are_limited(db: PgPool) {
    check_failures_are_limited(Shop::new(db)).await;
}

#[sqlx::test]
async fn the_limits_hold_without_redis(db: PgPool) {
    check_failures_are_limited(Shop::new(db).without_redis()).await;
}

#[sqlx::test]
async fn failures_of_one_client_are_limited_whatever_the_account(db: PgPool) {
    let shop = Shop::new(db).with_settings(|settings| settings.sign_in_limit_client = 2);
    let guest = shop.guest();
    for email in ["one@example.org", "two@example.org"] {
        assert_eq!(refused(sign_in(&guest, email, PASSWORD).await), AccountRefusal::InvalidCredentials);
    }
    assert!(matches!(refused(sign_in(&guest, "three@example.org", PASSWORD).await), AccountRefusal::TooManyTries { .. }));
    let elsewhere = Context { client: Client(Some("198.51.100.7".parse().unwrap())), ..guest };
    assert_eq!(refused(sign_in(&elsewhere, "three@example.org", PASSWORD).await), AccountRefusal::InvalidCredentials);
}

#[sqlx::test]
async fn registering_is_limited_per_client(db: PgPool) {
    let shop = Shop::new(db).with_settings(|settings| settings.sign_in_limit_client = 1);
    let (guest, _) = registered(&shop).await;
    assert!(matches!(refused(register(&guest, "grace@example.org", PASSWORD, "Grace").await), AccountRefusal::TooManyTries { .. }));
}

#[sqlx::test]
async fn a_session_lives_until_it_is_ended_or_idle_for_a_month(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, user) = registered(&shop).await;
    let token = start_session(&guest, user, "Browser\n1").await.unwrap();
    assert_eq!(session_user(&shop.handles, &token).await.unwrap().unwrap().id, user);
    shop.advance(DAY * 29).await;
    assert!(session_user(&shop.handles, &token).await.unwrap().is_some());
    shop.advance(DAY * 29).await;
    assert!(session_user(&shop.handles, &token).await.unwrap().is_some(), "a visit prolongs it");
    shop.advance(DAY * 31).await;
    assert!(session_user(&shop.handles, &token).await.unwrap().is_none());

    let other = start_session(&guest, user, "Browser").await.unwrap();
    end_session(&guest, &other).await.unwrap();
    assert!(session_user(&shop.handles, &other).await.unwrap().is_none());
    assert!(session_user(&shop.handles, "no such token").await.unwrap().is_none());
}

#[sqlx::test]
async fn a_session_survives_the_loss_of_either_store(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, user) = registered(&shop).await;
    shop.run("update app_user set is_admin = true", |query| query).await;
    let token = start_session(&guest, user, "Browser").await.unwrap();
    for kept in [shop.with_empty_redis(), shop.without_redis()] {
        assert!(session_user(&kept.handles, &token).await.unwrap().unwrap().has(Role::Admin));
    }
    let alone = session_user(&shop.without_database().handles, &token).await.unwrap().unwrap();
    assert_eq!((alone.id, alone.roles), (user, vec![Role::Shopper]), "nobody is more than a shopper while PostgreSQL is away");
    assert!(session_user(&shop.without_database().without_redis().handles, &token).await.is_err());
}

#[sqlx::test]
async fn a_suspension_and_a_new_role_bite_with_the_next_request(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, user) = registered(&shop).await;
    let session = start_session(&guest, user, "Browser").await.unwrap();
    let tokens = issue_tokens(&guest, user).await.unwrap();
    let seller = shop.seller("potter").await;
    shop.run("insert into membership (user_id, seller_id, role) values ($1, $2, 'owner')", |query| query.bind(user.0).bind(seller.0)).await;
    let known = session_user(&shop.handles, &session).await.unwrap().unwrap();
    assert_eq!((known.roles, known.sellers), (vec![Role::Shopper, Role::Seller], vec![seller]));
    shop.run("update app_user set suspended_at = souk.clock()", |query| query).await;
    assert!(session_user(&shop.handles, &session).await.unwrap().is_none());
    assert!(access_token_user(&shop.handles, &tokens.access_token).await.unwrap().is_none());
    assert!(matches!(refresh(&guest, &tokens.refresh_token).await, Err(Failure::Unauthorized)));
}

#[sqlx::test]
async fn an_access_token_lives_a_quarter_of_an_hour_and_fits_this_shop_only(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, user) = registered(&shop).await;
    let tokens = issue_tokens(&guest, user).await.unwrap();
    assert_eq!(tokens.expires_in, 900);
    assert_eq!(access_token_user(&shop.handles, &tokens.access_token).await.unwrap().unwrap().id, user);
    let other = shop.clone().with_settings(|settings| settings.secret_key = "6f".repeat(32).into());
    assert!(access_token_user(&other.handles, &tokens.access_token).await.unwrap().is_none());
    let (head, rest) = tokens.access_token.split_at(tokens.access_token.len() - 2);
    assert!(access_token_user(&shop.handles, &format!("{head}{}", if rest == "AA" { "BB" } else { "AA" })).await.unwrap().is_none());
    shop.advance(Duration::from_secs(901)).await;
    assert!(access_token_user(&shop.handles, &tokens.access_token).await.unwrap().is_none());
}

#[sqlx::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_family(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, user) = registered(&shop).await;
    let first = issue_tokens(&guest, user).await.unwrap();
    let second = refresh(&guest, &first.refresh_token).await.unwrap();
    assert!(access_token_user(&shop.handles, &second.access_token).await.unwrap().is_some());
    assert!(matches!(refresh(&guest, &first.refresh_token).await, Err(Failure::Unauthorized)));
    assert!(matches!(refresh(&guest, &second.refresh_token).await, Err(Failure::Unauthorized)), "the thief's token is dead as well");
    assert!(access_token_user(&shop.handles, &second.access_token).await.unwrap().is_none());
    let apart = issue_tokens(&guest, user).await.unwrap();
    assert!(refresh(&guest, &apart.refresh_token).await.is_ok(), "another sign-in is another family");
}

#[sqlx::test]
async fn signing_out_ends_the_family_of_ones_own_token_only(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, user) = registered(&shop).await;
    let tokens = issue_tokens(&guest, user).await.unwrap();
    let stranger = shop.shopper().await;
    assert!(matches!(revoke(&guest, &tokens.refresh_token).await, Err(Failure::Unauthorized)));
    revoke(&stranger, &tokens.refresh_token).await.unwrap();
    let own = signed_in(&shop, &tokens.access_token).await;
    assert_eq!(profile(&own).await.unwrap().id, user);
    revoke(&own, &tokens.refresh_token).await.unwrap();
    assert!(access_token_user(&shop.handles, &tokens.access_token).await.unwrap().is_none());
    assert!(matches!(refresh(&guest, &tokens.refresh_token).await, Err(Failure::Unauthorized)));
}

#[sqlx::test]
async fn a_refresh_token_ends_after_a_month(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, user) = registered(&shop).await;
    let tokens = issue_tokens(&guest, user).await.unwrap();
    shop.advance(DAY * 31).await;
    assert!(matches!(refresh(&guest, &tokens.refresh_token).await, Err(Failure::Unauthorized)));
    assert!(matches!(profile(&guest).await, Err(Failure::Unauthorized)));
}

#[sqlx::test]
async fn other_browsers_are_listed_and_signed_out_and_never_somebody_elses(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, ada) = registered(&shop).await;
    let bob = register(&guest, "bob@example.org", PASSWORD, "Bob").await.unwrap().id;
    let start = async |user, browser| start_session(&guest, user, browser).await.unwrap();
    let (here, phone, library) = (start(ada, "Firefox/145.0 (Linux)").await, start(ada, "CriOS/1 (iPhone)").await, start(ada, "").await);
    let elsewhere = start(bob, "Firefox/145.0").await;
    let caller = async |token: &str| shop.context(Caller { user: session_user(&shop.handles, token).await.unwrap(), ..Caller::default() });
    let lives = async |token: &str| session_user(&shop.handles, token).await.unwrap().is_some();
    let ctx = caller(&here).await;

    let listed = sessions(&ctx, &here).await.unwrap();
    let names: Vec<_> = listed.iter().map(|session| (session.browser.browser.as_deref(), session.is_current)).collect();
    assert_eq!((names.len(), names[0]), (3, (Some("Firefox"), true)));
    assert!(names.contains(&(Some("Chrome"), false)) && names.contains(&(None, false)), "{names:?}");

    let bobs = sessions(&caller(&elsewhere).await, &elsewhere).await.unwrap()[0].id;
    assert_eq!(end_other_sessions(&ctx, &here, Some(bobs)).await.unwrap(), 0);
    assert_eq!(end_other_sessions(&ctx, &here, Some(listed[0].id)).await.unwrap(), 0, "the one that asks stays");
    let on_the_phone = listed.iter().find(|session| session.browser.system.as_deref() == Some("iPhone")).unwrap().id;
    assert_eq!(end_other_sessions(&ctx, &here, Some(on_the_phone)).await.unwrap(), 1);
    assert_eq!((lives(&phone).await, lives(&library).await), (false, true));
    assert_eq!(end_other_sessions(&ctx, &here, None).await.unwrap(), 1);
    assert_eq!((lives(&here).await, lives(&library).await, lives(&elsewhere).await), (true, false, true));
    assert!(matches!(sessions(&guest, &here).await, Err(Failure::Unauthorized)), "a token alone is nobody");
    assert!(matches!(end_other_sessions(&guest, &here, None).await, Err(Failure::Unauthorized)));
}

#[sqlx::test]
async fn a_name_is_changed_within_the_rules_of_registering(db: PgPool) {
    let shop = Shop::new(db);
    let (guest, ada) = registered(&shop).await;
    let token = start_session(&guest, ada, "").await.unwrap();
    let ctx = shop.context(Caller { user: session_user(&shop.handles, &token).await.unwrap(), ..Caller::default() });
    for name in ["", "  ", "a\nb", &"x".repeat(101)] {
        assert_eq!(refused(rename(&ctx, name).await), AccountRefusal::InvalidName, "{name:?}");
    }
    rename(&ctx, " Augusta ").await.unwrap();
    assert_eq!(profile(&ctx).await.unwrap().name, "Augusta");
    assert!(matches!(rename(&guest, "Eve").await, Err(Failure::Unauthorized)));
}

#[sqlx::test]
async fn addresses_are_kept_once_in_the_order_of_their_use_and_forgotten_by_their_owner(db: PgPool) {
    let shop = Shop::new(db);
    let (ada, eve) = (shop.shopper().await, shop.shopper().await);
    let address = |line1: &str, line2: Option<&str>| {
        let draft = AddressDraft {
            name: "Ada".into(),
            line1: line1.into(),
            line2: line2.map(str::to_owned),
            city: "Berlin".into(),
            postal_code: Some("10115".into()),
            country: "DE".into(),
            ..AddressDraft::default()
        };
        Address::try_from(draft).unwrap()
    };
    let kept =
        async |ctx: &Context| -> Vec<String> { addresses(ctx).await.unwrap().iter().map(|kept| kept.address.line1().to_owned()).collect() };
    for street in ["Anna 1", "Berta 2", "Anna 1"] {
        keep_address(&ada, &address(street, None)).await.unwrap();
        shop.advance(Duration::from_secs(1)).await;
    }
    assert_eq!(kept(&ada).await, ["Anna 1", "Berta 2"]);
    keep_address(&ada, &address("Anna 1", Some("Rear"))).await.unwrap();
    assert_eq!(kept(&ada).await.len(), 3, "another line is another place");
    let id = addresses(&ada).await.unwrap()[0].id;
    assert!(matches!(change_address(&eve, id, &address("Eve 1", None)).await, Err(Failure::NotFound)));
    assert!(matches!(change_address(&shop.guest(), id, &address("Eve 1", None)).await, Err(Failure::Unauthorized)));
    change_address(&ada, id, &address("Dora 4", Some("Rear"))).await.unwrap();
    assert_eq!(kept(&ada).await, ["Dora 4", "Anna 1", "Berta 2"]);
    keep_address(&ada, &address("Emil 5", None)).await.unwrap();
    change_address(&ada, id, &address("Emil 5", None)).await.unwrap();
    assert_eq!(kept(&ada).await, ["Emil 5", "Anna 1", "Berta 2"], "what has become the same is one");
    forget_address(&eve, id).await.unwrap();
    assert_eq!((kept(&ada).await.len(), kept(&eve).await.len()), (3, 0));
    forget_address(&ada, id).await.unwrap();
    assert_eq!(kept(&ada).await, ["Anna 1", "Berta 2"]);
    for number in 0..12 {
        shop.advance(Duration::from_secs(1)).await;
        keep_address(&ada, &address(&format!("Cora {number}"), None)).await.unwrap();
    }
    let many = kept(&ada).await;
    assert_eq!((many.len(), many[0].as_str(), many[9].as_str()), (10, "Cora 11", "Cora 2"));
    assert!(matches!(addresses(&shop.guest()).await, Err(Failure::Unauthorized)));
}
