//! The copy in Redis: `cart:{id}` is the cart, `pending:{id}` the changes that PostgreSQL has not seen yet (both in one
//! slot of a cluster), `cart_of:…` leads from an owner to the id.

use super::state::{CartState, Offer, Step};
use super::store::Owner;
use crate::redis::Redis;
use crate::secret;
use anyhow::Context as _;
use domain::id::{CartId, VariantId};
use domain::money::Currency;
use redis::{AsyncCommands as _, Script};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// More than this waiting for one cart is a program gone wrong.
const PENDING_MAX: usize = 1_000;
/// Carts drained in one round of the worker.
const WAITING_MAX: isize = 100;
/// Stands in an owner's place when the guest's cart was merged away: spares asking PostgreSQL each time.
const MERGED: &str = "merged";
const MERGED_TTL_S: u64 = 30 * 86_400;
/// An offer nobody has put into a cart for so long is not worth remembering.
const OFFER_TTL_S: u64 = 7 * 86_400;

/// Publishes a whole state, unless a newer one is there or changes wait that it does not contain.
static PUBLISH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "for i = 4, #ARGV do redis.call('lrem', KEYS[2], 1, ARGV[i]) end
        if redis.call('llen', KEYS[2]) > 0 then return 0 end
        local held = redis.call('hget', KEYS[1], 'version')
        if held and tonumber(held) > tonumber(ARGV[1]) then return 0 end
        redis.call('hset', KEYS[1], 'version', ARGV[1], 'state', ARGV[2])
        redis.call('expire', KEYS[1], ARGV[3])
        return 1",
    )
});

/// Takes a change while PostgreSQL is away: only onto the very state it was decided on.
static APPEND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('hget', KEYS[1], 'version') ~= ARGV[1] then return 0 end
        if redis.call('llen', KEYS[2]) >= tonumber(ARGV[5]) then return -1 end
        redis.call('rpush', KEYS[2], ARGV[4])
        redis.call('hset', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
        return 1",
    )
});

/// Takes a cart off the list of those that wait, unless something was added since.
static SETTLE: LazyLock<Script> = LazyLock::new(|| {
    Script::new("if redis.call('zscore', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('zrem', KEYS[1], ARGV[1]) end return 0")
});

/// A change that waits for PostgreSQL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) id: Uuid,
    pub(super) step: Step,
}

/// An operation with the exact text that stands in the list.
pub(super) struct Waiting {
    pub(super) text: String,
    pub(super) operation: Operation,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Appended {
    Yes,
    /// Somebody was faster: decide again.
    Changed,
    TooMany,
}

/// To whom a token or an account leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointer {
    Cart(CartId),
    Merged,
    Unknown,
}

fn cart_key(redis: &Redis, cart: CartId) -> String {
    redis.key(format_args!("cart:{{{cart}}}"))
}

fn pending_key(redis: &Redis, cart: CartId) -> String {
    redis.key(format_args!("pending:{{{cart}}}"))
}

fn waiting_key(redis: &Redis) -> String {
    redis.key("carts_waiting")
}

fn owner_key(redis: &Redis, owner: &Owner) -> String {
    match owner {
        Owner::User(user) => redis.key(format_args!("cart_of:{{{user}}}")),
        Owner::Guest(hash) => redis.key(format_args!("cart_of:{{{}}}", secret::hex(hash))),
    }
}

pub(super) async fn pointer(redis: &Redis, owner: &Owner) -> anyhow::Result<Pointer> {
    let text: Option<String> = redis.connection().get(owner_key(redis, owner)).await?;
    Ok(match text.as_deref() {
        None => Pointer::Unknown,
        Some(MERGED) => Pointer::Merged,
        Some(id) => Pointer::Cart(id.parse()?),
    })
}

pub(super) async fn read(redis: &Redis, cart: CartId) -> anyhow::Result<Option<CartState>> {
    let text: Option<String> = redis.connection().hget(cart_key(redis, cart), "state").await?;
    text.map(|text| serde_json::from_str(&text).context("a cart in Redis does not parse")).transpose()
}

/// Changes of this cart that PostgreSQL has not seen, oldest first.
pub(super) async fn waiting(redis: &Redis, cart: CartId) -> anyhow::Result<Vec<Waiting>> {
    let texts: Vec<String> = redis.connection().lrange(pending_key(redis, cart), 0, -1).await?;
    texts.into_iter().map(|text| Ok(Waiting { operation: serde_json::from_str(&text)?, text })).collect()
}

/// Publishes the whole state; `drained` are waiting changes that it contains and that leave the list with it.
pub(super) async fn publish(redis: &Redis, state: &CartState, drained: &[Waiting]) -> anyhow::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    // A moved clock, or a cart that has just ended: kept for a moment all the same, the reader looks at the date.
    let ttl = u64::try_from(state.expires_at).unwrap_or_default().saturating_sub(now).max(60);
    let mut connection = redis.connection();
    let mut invocation = PUBLISH.prepare_invoke();
    invocation.key(cart_key(redis, state.id)).key(pending_key(redis, state.id));
    invocation.arg(state.version).arg(serde_json::to_string(state)?).arg(ttl);
    for waiting in drained {
        invocation.arg(&waiting.text);
    }
    let _: i64 = invocation.invoke_async(&mut connection).await?;
    let _: () = connection.set_ex(owner_key(redis, &owner_of(state)?), state.id.to_string(), ttl).await?;
    Ok(())
}

fn owner_of(state: &CartState) -> anyhow::Result<Owner> {
    match (state.user, &state.token_hash) {
        (Some(user), _) => Ok(Owner::User(user)),
        (None, Some(hash)) => Ok(Owner::Guest(secret::from_hex(hash).context("a token hash is hex")?)),
        (None, None) => anyhow::bail!("cart {} belongs to nobody", state.id),
    }
}

/// Takes a change onto `before`. It is acknowledged only when the worker has been told of it.
pub(super) async fn append(redis: &Redis, before: &CartState, after: &CartState, operation: &Operation) -> anyhow::Result<Appended> {
    let mut connection = redis.connection();
    let mut invocation = APPEND.prepare_invoke();
    invocation.key(cart_key(redis, before.id)).key(pending_key(redis, before.id));
    invocation
        .arg(before.version)
        .arg(after.version)
        .arg(serde_json::to_string(after)?)
        .arg(serde_json::to_string(operation)?)
        .arg(PENDING_MAX);
    match invocation.invoke_async::<i64>(&mut connection).await? {
        0 => return Ok(Appended::Changed),
        1 => {}
        _ => return Ok(Appended::TooMany),
    }
    let _: () = connection.zadd(waiting_key(redis), before.id.to_string(), after.version).await?;
    Ok(Appended::Yes)
}

/// Carts with changes that wait, each with a mark to [`settle`] it by.
pub(super) async fn carts_waiting(redis: &Redis) -> anyhow::Result<Vec<(CartId, String)>> {
    let found: Vec<(String, String)> = redis.connection().zrange_withscores(waiting_key(redis), 0, WAITING_MAX - 1).await?;
    found.into_iter().map(|(cart, mark)| Ok((cart.parse()?, mark))).collect()
}

pub(super) async fn settle(redis: &Redis, cart: CartId, mark: &str) -> anyhow::Result<()> {
    let _: i64 = SETTLE.key(waiting_key(redis)).arg(cart.to_string()).arg(mark).invoke_async(&mut redis.connection()).await?;
    Ok(())
}

/// Drops the copy of a cart that is no longer there.
pub(super) async fn forget(redis: &Redis, cart: CartId, owner: &Owner) -> anyhow::Result<()> {
    let mut connection = redis.connection();
    let _: () = connection.del(cart_key(redis, cart)).await?;
    let _: () = connection.del(owner_key(redis, owner)).await?;
    Ok(())
}

/// Notes that the guest's cart was merged away.
pub(super) async fn note_merged(redis: &Redis, guest: &Owner, cart: Option<CartId>) -> anyhow::Result<()> {
    let mut connection = redis.connection();
    if let Some(cart) = cart {
        let _: () = connection.del(cart_key(redis, cart)).await?;
    }
    let _: () = connection.set_ex(owner_key(redis, guest), MERGED, MERGED_TTL_S).await?;
    Ok(())
}

/// Takes changes off the list of a cart that is not published itself any more.
pub(super) async fn discard(redis: &Redis, cart: CartId, waiting: &[Waiting]) -> anyhow::Result<()> {
    let mut connection = redis.connection();
    for Waiting { text, .. } in waiting {
        let _: () = connection.lrem(pending_key(redis, cart), 1, text).await?;
    }
    Ok(())
}

fn offer_key(redis: &Redis, currency: Currency, variant: VariantId) -> String {
    redis.key(format_args!("offer:{{{variant}}}:{currency}"))
}

/// Keeps what a variant was offered at, for carts that want it while PostgreSQL is away.
pub(super) async fn note_offer(redis: &Redis, currency: Currency, offer: &Offer) -> anyhow::Result<()> {
    let text = serde_json::to_string(offer)?;
    let _: () = redis.connection().set_ex(offer_key(redis, currency, offer.variant), text, OFFER_TTL_S).await?;
    Ok(())
}

pub(super) async fn offer(redis: &Redis, currency: Currency, variant: VariantId) -> anyhow::Result<Option<Offer>> {
    let text: Option<String> = redis.connection().get(offer_key(redis, currency, variant)).await?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}
