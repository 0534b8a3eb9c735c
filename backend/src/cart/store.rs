use super::state::{CartState, Line, Offer, Step};
use crate::failure::OnConstraint as _;
use crate::{Failure, db};
use domain::cart::{CartRefusal, Growth};
use domain::id::{CartId, CouponId, UserId, VariantId};
use domain::money::Currency;
use domain::pricing::Coupon;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// Whose cart: the account's, or the guest's with this token hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    User(UserId),
    Guest(Vec<u8>),
}

impl Owner {
    fn columns(&self) -> (Option<Uuid>, Option<&[u8]>) {
        match self {
            Owner::User(user) => (Some(user.0), None),
            Owner::Guest(hash) => (None, Some(hash)),
        }
    }
}

/// Days a cart is kept after its last change.
fn days_kept(owner: &Owner) -> i32 {
    match owner {
        Owner::User(_) => 90,
        Owner::Guest(_) => 30,
    }
}

/// A cart, and whether its time is over.
pub(super) struct Loaded {
    pub(super) state: CartState,
    pub(super) expired: bool,
}

pub(super) async fn find(executor: impl PgExecutor<'_>, owner: &Owner) -> sqlx::Result<Option<CartId>> {
    let (user, hash) = owner.columns();
    sqlx::query_scalar!(r#"select cart_id as "id: CartId" from cart where user_id = $1 or token_hash = $2"#, user, hash)
        .fetch_optional(executor)
        .await
}

pub(super) async fn load(executor: impl PgExecutor<'_>, cart: CartId) -> sqlx::Result<Option<Loaded>> {
    let row = sqlx::query!(
        r#"select cart_id as "id: CartId", version, user_id as "user: UserId", encode(token_hash, 'hex') as token_hash, currency,
            extract(epoch from expires_at)::bigint as "expires_at!", expires_at <= souk.clock() as "expired!",
            coalesce((
                select jsonb_agg(jsonb_build_object('variant', variant_id, 'quantity', quantity, 'position', position, 'offer', null,
                    'seen', jsonb_build_object('amount', seen_amount, 'currency', seen_currency)) order by position, variant_id)
                from cart_line where cart_line.cart_id = cart.cart_id and quantity > 0
            ), '[]') as "lines!: Json<Vec<Line>>"
        from cart where cart_id = $1 and merged_into is null"#,
        cart.0
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let state = CartState {
        id: row.id,
        version: row.version,
        user: row.user,
        token_hash: row.token_hash,
        currency: currency(&row.currency)?,
        expires_at: row.expires_at,
        lines: row.lines.0,
        coupon: None,
    };
    Ok(Some(Loaded { state, expired: row.expired }))
}

fn currency(code: &str) -> sqlx::Result<Currency> {
    code.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// How the truth stands beside a copy from Redis, in one statement.
pub(super) struct Look {
    /// None: merged away, or gone.
    pub(super) version: Option<i64>,
    pub(super) expired: bool,
    pub(super) offers: Vec<Offer>,
    pub(super) coupon: Option<Coupon>,
}

pub(super) async fn look(executor: impl PgExecutor<'_>, cart: CartId, currency: Currency, variants: &[VariantId]) -> sqlx::Result<Look> {
    let variants: Vec<Uuid> = variants.iter().map(|variant| variant.0).collect();
    let row = sqlx::query!(
        r#"select (select version from cart where cart_id = $1 and merged_into is null) as version,
            coalesce((select expires_at <= souk.clock() from cart where cart_id = $1), false) as "expired!",
            -- A use by this cart's own open order is the cart's: a coupon is not used up by it.
            (select case when facts ->> 'standing' = 'used_up' and exists (
                    select from coupon_use join customer_order using (order_id)
                    where coupon_use.coupon_id = coupon_now.coupon_id and given_back_at is null and status = 'pending_payment'
                        and customer_order.cart_id in (select cart_id from cart where cart_id = $1 or merged_into = $1)
                ) then jsonb_set(facts, '{standing}', '"valid"') else facts end
                from cart join coupon_now using (coupon_id) where cart_id = $1) as "coupon: Json<Coupon>",
            coalesce(jsonb_agg(jsonb_build_object(
                'variant', variant.variant_id, 'stock_item', variant.stock_item_id, 'product_slug', product.slug, 'title', product.title,
                'sku', variant.sku, 'options', variant.options, 'weight_grams', variant.weight_grams, 'seller', seller.seller_id,
                'seller_slug', seller.slug, 'seller_name', seller.name, 'commission', seller.commission_basis_points,
                'price', price.amount,
                'image', (
                    select jsonb_build_object('file', file, 'widths', widths, 'width', width, 'height', height, 'alt', alt,
                        'background', background)
                    from image where image.product_id = product.product_id
                    order by variant.variant_id = any (variant_ids) desc, cardinality(variant_ids), position limit 1
                ),
                -- Units held by this cart's own open order are the cart's: it may still take them.
                'available', coalesce((
                    select sum(on_hand - allocated - held) from stock_level where stock_level.stock_item_id = variant.stock_item_id
                ), 0) + coalesce((
                    select sum(reservation.quantity) from reservation
                    join customer_order on customer_order.order_id = reservation.holder_id
                    where reservation.holder_kind = 'order' and reservation.state in ('held', 'firm')
                        and reservation.stock_item_id = variant.stock_item_id and customer_order.status = 'pending_payment'
                        and customer_order.cart_id in (select cart_id from cart where cart_id = $1 or merged_into = $1)
                ), 0),
                'withdrawn', variant.withdrawn_at is not null or product.status <> 'published' or seller.status <> 'active'
            )), '[]') as "offers!: Json<Vec<Offer>>"
        from variant
        join product using (product_id)
        join seller on seller.seller_id = product.seller_id
        left join price on price.variant_id = variant.variant_id and price.currency = $2
        where variant.variant_id = any ($3)"#,
        cart.0,
        currency.code(),
        &variants
    )
    .fetch_one(executor)
    .await?;
    Ok(Look { version: row.version, expired: row.expired, offers: row.offers.0, coupon: row.coupon.map(|coupon| coupon.0) })
}

/// Takes the cart for the rest of the transaction.
pub(super) async fn lock(tx: &mut PgConnection, owner: &Owner) -> sqlx::Result<Option<CartId>> {
    let (user, hash) = owner.columns();
    sqlx::query_scalar!(r#"select cart_id as "id: CartId" from cart where user_id = $1 or token_hash = $2 for update"#, user, hash)
        .fetch_optional(tx)
        .await
}

/// Takes the cart with this id, or the one it was merged into. Where it went is read from the locked row: a merge may have
/// been under way while we waited for it, and what is read before shows the cart as it was.
pub(super) async fn lock_by_id(tx: &mut PgConnection, cart: CartId) -> sqlx::Result<Option<CartId>> {
    let Some(merged_into) = lock_row(tx, cart).await? else { return Ok(None) };
    // An account's cart goes nowhere: it is the end of the way.
    let Some(account) = merged_into else { return Ok(Some(cart)) };
    Ok(lock_row(tx, account).await?.map(|_| account))
}

/// Locks one cart, and says into which it was merged. None: there is no such cart.
async fn lock_row(tx: &mut PgConnection, cart: CartId) -> sqlx::Result<Option<Option<CartId>>> {
    sqlx::query_scalar!(r#"select merged_into as "merged_into: CartId" from cart where cart_id = $1 for update"#, cart.0)
        .fetch_optional(tx)
        .await
}

/// This cart, or the one it was merged into.
pub(super) async fn follow(executor: impl PgExecutor<'_>, cart: CartId) -> sqlx::Result<Option<CartId>> {
    sqlx::query_scalar!(r#"select coalesce(merged_into, cart_id) as "id!: CartId" from cart where cart_id = $1"#, cart.0)
        .fetch_optional(executor)
        .await
}

/// Begins a cart. An account that has one already keeps it.
pub(super) async fn create(tx: &mut PgConnection, owner: &Owner) -> sqlx::Result<()> {
    let (user, hash) = owner.columns();
    sqlx::query!(
        "insert into cart (cart_id, user_id, token_hash, expires_at) values ($1, $2, $3, souk.clock() + make_interval(days => $4))
        on conflict on constraint cart_user_id_key do nothing",
        db::new_id(),
        user,
        hash,
        days_kept(owner)
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes `step` at `version`, which [`touch`] then makes the cart's.
pub(super) async fn write(tx: &mut PgConnection, cart: CartId, version: i64, step: Step) -> Result<(), Failure<CartRefusal>> {
    let written = match step {
        Step::Put { variant, quantity, seen } => {
            sqlx::query!(
                "insert into cart_line (cart_id, variant_id, quantity, seen_amount, seen_currency, position, version)
                values ($1, $2, $3, $4, $5, $6, $6)
                on conflict (cart_id, variant_id) do update set quantity = excluded.quantity, seen_amount = excluded.seen_amount,
                    seen_currency = excluded.seen_currency, version = excluded.version,
                    position = case when cart_line.quantity = 0 then excluded.position else cart_line.position end",
                cart.0,
                variant.0,
                quantity as i32,
                seen.amount,
                seen.currency.code(),
                version
            )
            .execute(tx)
            .await
        }
        Step::Remove { variant } => {
            sqlx::query!(
                "update cart_line set quantity = 0, version = $3 where cart_id = $1 and variant_id = $2",
                cart.0,
                variant.0,
                version
            )
            .execute(tx)
            .await
        }
        Step::Clear => {
            sqlx::query!("update cart_line set quantity = 0, version = $2 where cart_id = $1 and quantity > 0", cart.0, version)
                .execute(tx)
                .await
        }
    };
    written.on_constraint("cart_line_variant_id_fkey", || Failure::Refused(CartRefusal::VariantNotFound))?;
    Ok(())
}

/// Raises the version and lengthens the cart's life. Returns the version and the end, in seconds since 1970.
pub(super) async fn touch(tx: &mut PgConnection, cart: CartId) -> sqlx::Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"update cart set version = version + 1, updated_at = souk.clock(),
            expires_at = souk.clock() + make_interval(days => case when user_id is null then $2::int else $3::int end)
        where cart_id = $1 returning version, extract(epoch from expires_at)::bigint as "expires_at!""#,
        cart.0,
        days_kept(&Owner::Guest(Vec::new())),
        days_kept(&Owner::User(UserId(Uuid::nil())))
    )
    .fetch_one(tx)
    .await?;
    Ok((row.version, row.expires_at))
}

/// Takes the cart, and what was seen of its prices, into another currency.
pub(super) async fn set_currency(tx: &mut PgConnection, cart: CartId, currency: Currency) -> sqlx::Result<()> {
    sqlx::query!("update cart set currency = $2 where cart_id = $1", cart.0, currency.code()).execute(&mut *tx).await?;
    sqlx::query!(
        "update cart_line set seen_amount = price.amount, seen_currency = price.currency from price
         where cart_line.cart_id = $1 and seen_currency <> $2 and price.variant_id = cart_line.variant_id and price.currency = $2",
        cart.0,
        currency.code(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Enters a coupon in the cart, or takes it out.
pub(super) async fn set_coupon(tx: &mut PgConnection, cart: CartId, coupon: Option<CouponId>) -> sqlx::Result<()> {
    sqlx::query!("update cart set coupon_id = $2 where cart_id = $1", cart.0, coupon.map(|coupon| coupon.0)).execute(tx).await?;
    Ok(())
}

/// Takes this coupon out of the cart; another one stays.
pub(super) async fn remove_coupon(tx: &mut PgConnection, cart: CartId, coupon: CouponId) -> sqlx::Result<()> {
    sqlx::query!("update cart set coupon_id = null where cart_id = $1 and coupon_id = $2", cart.0, coupon.0).execute(tx).await?;
    Ok(())
}

/// Takes the coupon out of the cart that came from the guest's, whose row still has it if it did.
pub(super) async fn disinherit_coupon(tx: &mut PgConnection, cart: CartId, from: CartId) -> sqlx::Result<()> {
    sqlx::query!(
        "update cart set coupon_id = null from cart guest
         where cart.cart_id = $1 and guest.cart_id = $2 and cart.coupon_id = guest.coupon_id",
        cart.0,
        from.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Gives a cart without a coupon the one of a cart that joins it. False: nothing changes.
pub(super) async fn inherit_coupon(tx: &mut PgConnection, cart: CartId, from: CartId) -> sqlx::Result<bool> {
    let inherited = sqlx::query!(
        "update cart set coupon_id = guest.coupon_id from cart guest
         where cart.cart_id = $1 and cart.coupon_id is null and guest.cart_id = $2 and guest.coupon_id is not null",
        cart.0,
        from.0,
    );
    Ok(inherited.execute(tx).await?.rows_affected() == 1)
}

/// Takes exactly these quantities out of the lines, down to none.
pub(super) async fn subtract(tx: &mut PgConnection, cart: CartId, version: i64, quantities: &[(VariantId, u32)]) -> sqlx::Result<()> {
    let variants: Vec<Uuid> = quantities.iter().map(|(variant, _)| variant.0).collect();
    let counts: Vec<i32> = quantities.iter().map(|(_, quantity)| *quantity as i32).collect();
    sqlx::query!(
        "update cart_line set quantity = greatest(quantity - ordered.count, 0), version = $2
        from unnest($3::uuid[], $4::int[]) as ordered (variant_id, count)
        where cart_line.cart_id = $1 and cart_line.variant_id = ordered.variant_id",
        cart.0,
        version,
        &variants,
        &counts
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether this operation is new; notes it.
pub(super) async fn note_operation(tx: &mut PgConnection, operation: Uuid, cart: CartId) -> sqlx::Result<bool> {
    let inserted =
        sqlx::query!("insert into cart_operation (operation_id, cart_id) values ($1, $2) on conflict do nothing", operation, cart.0)
            .execute(tx)
            .await?;
    Ok(inserted.rows_affected() == 1)
}

pub(super) async fn variant_exists(tx: &mut PgConnection, variant: VariantId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from variant where variant_id = $1) as "exists!""#, variant.0).fetch_one(tx).await
}

// Merging -----------------------------------------------------------------------------------------------------------

/// Ends the guest's cart: its token opens nothing any more.
pub(super) async fn retire(tx: &mut PgConnection, guest: CartId, into: CartId) -> sqlx::Result<()> {
    sqlx::query!(
        "update cart set token_hash = null, merged_into = $2, version = version + 1, updated_at = souk.clock() where cart_id = $1",
        guest.0,
        into.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn note_merge(
    tx: &mut PgConnection,
    guest: CartId,
    cart: CartId,
    user: UserId,
    growths: &[Growth],
    left_out: &[Uuid],
) -> sqlx::Result<()> {
    let added: Vec<Uuid> = growths.iter().map(|growth| growth.variant.0).collect();
    let undo: Vec<(Uuid, u32, u32)> = growths.iter().map(|growth| (growth.variant.0, growth.before, growth.after)).collect();
    sqlx::query!(
        "insert into cart_merge (guest_cart_id, cart_id, user_id, added, undo, left_out) values ($1, $2, $3, $4, $5, $6)",
        guest.0,
        cart.0,
        user.0,
        &added,
        Json(undo) as _,
        left_out
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A merge that can still be undone.
pub(super) struct Merge {
    pub(super) guest: CartId,
    /// What it brought and is still in the cart.
    pub(super) added: Vec<Uuid>,
    /// What found no room.
    pub(super) left_out: Vec<Uuid>,
    undo: Json<Vec<(Uuid, u32, u32)>>,
}

impl Merge {
    pub(super) fn growths(&self) -> impl Iterator<Item = Growth> {
        self.undo.0.iter().map(|(variant, before, after)| Growth { variant: VariantId(*variant), before: *before, after: *after })
    }
}

/// The latest merge that brought something, while it is young enough, was not undone, and some of it is still in the cart or
/// found no room there. One
/// that was undone hides those before it: undoing twice is undoing once.
pub(super) async fn latest_merge(executor: impl PgExecutor<'_>, user: UserId, hours_max: i32) -> sqlx::Result<Option<Merge>> {
    sqlx::query_as!(
        Merge,
        r#"select guest_cart_id as "guest: CartId", still_here as "added!", still_out as "left_out!", undo as "undo: Json<Vec<(Uuid, u32, u32)>>" from (
            select * from (
                select *, array(
                    select variant_id from cart_line
                    where cart_line.cart_id = cart_merge.cart_id and variant_id = any (cart_merge.added) and quantity > 0
                ) as still_here, array(
                    select missing from unnest(left_out) as missing where not exists (
                        select from cart_line
                        where cart_line.cart_id = cart_merge.cart_id and variant_id = missing and quantity > 0
                    )
                ) as still_out
                from cart_merge where user_id = $1 and created_at > souk.clock() - make_interval(hours => $2)
            ) as recent
            where cardinality(still_here || still_out) > 0 or undone_at is not null and cardinality(added) > 0
            order by created_at desc limit 1
        ) as latest
        where undone_at is null"#,
        user.0,
        hours_max
    )
    .fetch_optional(executor)
    .await
}

pub(super) async fn note_undone(tx: &mut PgConnection, guest: CartId) -> sqlx::Result<()> {
    sqlx::query!("update cart_merge set undone_at = souk.clock() where guest_cart_id = $1", guest.0).execute(tx).await?;
    Ok(())
}

pub(super) async fn titles(executor: impl PgExecutor<'_>, variants: &[Uuid]) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "select distinct product.title from variant join product using (product_id) where variant_id = any ($1) order by product.title",
        variants
    )
    .fetch_all(executor)
    .await
}

/// Deletes guests' carts that ended a while ago, at most `limit`. Those that belong to an order or a merge stay.
pub(super) async fn delete_expired(executor: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "with gone as (
            select cart_id from cart
            where expires_at < souk.clock() - interval '7 days' and user_id is null and merged_into is null
                and not exists (select from customer_order where customer_order.cart_id = cart.cart_id and status = 'pending_payment')
            order by expires_at limit $1 for update skip locked
        ), lines as (delete from cart_line using gone where cart_line.cart_id = gone.cart_id),
        operations as (delete from cart_operation using gone where cart_operation.cart_id = gone.cart_id)
        delete from cart using gone where cart.cart_id = gone.cart_id",
        limit
    )
    .execute(executor)
    .await?;
    Ok(deleted.rows_affected())
}
