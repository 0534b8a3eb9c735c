//! The list of promises. Each has a test that breaks it in one row and expects its name.

use super::Invariant;

pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "stock_is_explained",
        promise: "what is on hand is the sum of its movements",
        sql: "select l.stock_item_id::text as id from stock_level l
              left join (select stock_item_id, warehouse_id, sum(delta) as delta from stock_movement group by 1, 2) m
                  using (stock_item_id, warehouse_id)
              where l.on_hand <> coalesce(m.delta, 0) or l.on_hand < 0 or l.held < 0 or l.allocated < 0 or l.held + l.allocated > l.on_hand",
        light_sql: Some(
            "select l.stock_item_id::text as id from stock_level l
             where (l.stock_item_id, l.warehouse_id) in (select stock_item_id, warehouse_id from stock_movement where created_at >= $1)
               and l.on_hand <> (select coalesce(sum(delta), 0) from stock_movement m
                                 where m.stock_item_id = l.stock_item_id and m.warehouse_id = l.warehouse_id)",
        ),
    },
    Invariant {
        name: "ratings_are_the_reviews",
        promise: "a product's stars are those of its reviews that are shown",
        sql: "select p.product_id::text as id from product p
              left join (select product_id, sum(rating) as stars, count(*) as reviews from review where hidden_at is null group by 1) r
                  using (product_id)
              where p.rating_sum <> coalesce(r.stars, 0) or p.rating_count <> coalesce(r.reviews, 0)",
        light_sql: None,
    },
    Invariant {
        name: "held_is_reserved",
        promise: "the held count is the sum of the live holds",
        sql: "select l.stock_item_id::text as id from stock_level l
              left join (select stock_item_id, warehouse_id, sum(quantity) as quantity from reservation where state = 'held' group by 1, 2) r
                  using (stock_item_id, warehouse_id)
              where l.held <> coalesce(r.quantity, 0)",
        light_sql: Some(
            "select l.stock_item_id::text as id from stock_level l
             where (l.stock_item_id, l.warehouse_id) in (select stock_item_id, warehouse_id from reservation where changed_at >= $1)
               and l.held <> (select coalesce(sum(quantity), 0) from reservation r
                              where r.stock_item_id = l.stock_item_id and r.warehouse_id = l.warehouse_id and r.state = 'held')",
        ),
    },
    Invariant {
        name: "allocated_is_firm",
        promise: "the allocated count is the sum of the firm reservations",
        sql: "select l.stock_item_id::text as id from stock_level l
              left join (select stock_item_id, warehouse_id, sum(quantity) as quantity from reservation where state = 'firm' group by 1, 2) r
                  using (stock_item_id, warehouse_id)
              where l.allocated <> coalesce(r.quantity, 0)",
        light_sql: Some(
            "select l.stock_item_id::text as id from stock_level l
             where (l.stock_item_id, l.warehouse_id) in (select stock_item_id, warehouse_id from reservation where changed_at >= $1)
               and l.allocated <> (select coalesce(sum(quantity), 0) from reservation r
                                   where r.stock_item_id = l.stock_item_id and r.warehouse_id = l.warehouse_id and r.state = 'firm')",
        ),
    },
    Invariant {
        name: "never_oversold",
        promise: "never more was sold or promised than came in, whatever the counters say",
        sql: "select i.stock_item_id::text as id from stock_item i
              left join (select stock_item_id,
                                coalesce(sum(delta) filter (where reason <> 'sale'), 0) as came,
                                coalesce(-sum(delta) filter (where reason = 'sale'), 0) as sold
                         from stock_movement group by 1) m using (stock_item_id)
              left join (select stock_item_id, sum(quantity) as promised from reservation where state in ('held', 'firm') group by 1) r
                  using (stock_item_id)
              where coalesce(m.sold, 0) + coalesce(r.promised, 0) > coalesce(m.came, 0)",
        light_sql: None,
    },
    Invariant {
        name: "paid_lines_have_their_stock",
        promise: "each line of a paid order has its units, once",
        sql: "select w.order_id::text as id
              from (select l.order_id, l.stock_item_id, sum(l.quantity) as wanted
                    from order_line l join customer_order o using (buyer_id, order_id)
                    where o.status in ('paid', 'partially_fulfilled', 'fulfilled') and l.stock_item_id is not null
                    group by 1, 2) w
              left join (select holder_id, stock_item_id, sum(quantity) as has from reservation
                         where holder_kind = 'order' and state in ('firm', 'shipped') group by 1, 2) r
                  on r.holder_id = w.order_id and r.stock_item_id = w.stock_item_id
              where coalesce(r.has, 0) <> w.wanted",
        light_sql: Some(
            "select w.order_id::text as id
             from (select l.order_id, l.stock_item_id, sum(l.quantity) as wanted
                   from order_line l join customer_order o using (buyer_id, order_id)
                   where o.paid_at >= $1 and o.status in ('paid', 'partially_fulfilled', 'fulfilled') and l.stock_item_id is not null
                   group by 1, 2) w
             where w.wanted <> (select coalesce(sum(quantity), 0) from reservation r
                                where r.holder_kind = 'order' and r.holder_id = w.order_id and r.stock_item_id = w.stock_item_id
                                  and r.state in ('firm', 'shipped'))",
        ),
    },
    Invariant {
        name: "holds_end",
        promise: "a hold whose time is over is given back within a minute",
        sql: "select reservation_id::text as id from reservation where state = 'held' and expires_at < souk.clock() - interval '60 seconds'",
        light_sql: None,
    },
    Invariant {
        name: "finished_orders_hold_nothing",
        promise: "a paid, canceled or expired order holds no units for a while, and one that was never paid has none allocated",
        sql: "select r.reservation_id::text as id from reservation r join customer_order o on o.order_id = r.holder_id
              where r.holder_kind = 'order'
                and ((r.state = 'held' and o.status <> 'pending_payment') or (r.state = 'firm' and o.status in ('canceled', 'expired')))",
        light_sql: None,
    },
    Invariant {
        name: "transfers_balance",
        promise: "every transfer has two sides and sums to zero in each currency",
        sql: "select t.ledger_transfer_id::text as id from ledger_transfer t left join ledger_entry e using (ledger_transfer_id)
              group by t.ledger_transfer_id, e.currency having coalesce(sum(e.amount), 0) <> 0 or count(e.amount) < 2",
        light_sql: Some(
            "select t.ledger_transfer_id::text as id from ledger_transfer t left join ledger_entry e using (ledger_transfer_id)
             where t.created_at >= $1
             group by t.ledger_transfer_id, e.currency having coalesce(sum(e.amount), 0) <> 0 or count(e.amount) < 2",
        ),
    },
    Invariant {
        name: "entries_keep_their_currency",
        promise: "an entry is in its account's currency",
        sql: "select e.ledger_transfer_id::text as id from ledger_entry e join ledger_account a using (ledger_account_id)
              where e.currency <> a.currency",
        light_sql: None,
    },
    Invariant {
        name: "orders_are_charged_once",
        promise: "an order has at most one payment with money in it",
        sql: "select order_id::text as id from payment where captured > 0 group by order_id having count(*) > 1",
        light_sql: None,
    },
    Invariant {
        name: "paid_orders_are_posted",
        promise: "a paid order has a capture of its total, and the ledger says so",
        sql: "select o.order_id::text as id from customer_order o
              where o.status in ('paid', 'partially_fulfilled', 'fulfilled', 'partially_refunded', 'refunded')
                and (not exists (select from payment p where p.order_id = o.order_id and p.captured = o.total and p.currency = o.currency)
                     or o.total is distinct from
                        (select sum(e.amount) from ledger_transfer t join ledger_entry e using (ledger_transfer_id)
                         join ledger_account a using (ledger_account_id)
                         where t.order_id = o.order_id and t.kind = 'capture' and a.kind = 'gateway_clearing' and e.currency = o.currency))",
        light_sql: Some(
            "select o.order_id::text as id from customer_order o
             where o.paid_at >= $1
               and o.total is distinct from
                   (select sum(e.amount) from ledger_transfer t join ledger_entry e using (ledger_transfer_id)
                    join ledger_account a using (ledger_account_id)
                    where t.order_id = o.order_id and t.kind = 'capture' and a.kind = 'gateway_clearing' and e.currency = o.currency)",
        ),
    },
    Invariant {
        name: "captured_money_has_an_order",
        promise: "money that was taken and not given back belongs to a paid order, ten minutes later at the latest",
        sql: "select p.payment_id::text as id from payment p join customer_order o using (buyer_id, order_id)
              where p.captured > p.refunded and o.status in ('pending_payment', 'canceled', 'expired')
                and p.updated_at < souk.clock() - interval '10 minutes'",
        light_sql: None,
    },
    Invariant {
        name: "refunds_stay_within_the_capture",
        promise: "no more is given back than was taken, and no more is taken than was agreed",
        sql: "select payment_id::text as id from payment where refunded > captured or captured > amount or refunded < 0",
        light_sql: None,
    },
    Invariant {
        name: "sellers_get_their_share",
        promise: "the ledger owes each seller of a paid order goods and shipping less commission",
        sql: "select s.seller_order_id::text as id from seller_order s join customer_order o using (buyer_id, order_id)
              where o.status in ('paid', 'partially_fulfilled', 'fulfilled')
                and s.net_goods + s.net_shipping - s.commission <>
                    (select -coalesce(sum(e.amount), 0) from ledger_transfer t join ledger_entry e using (ledger_transfer_id)
                     join ledger_account a using (ledger_account_id)
                     where t.order_id = o.order_id and a.kind = 'seller_payable' and a.seller_id = s.seller_id and e.currency = o.currency)",
        light_sql: None,
    },
    Invariant {
        name: "the_marketplace_gets_its_share",
        promise: "the ledger credits the marketplace of a paid order its commissions less what it bears of discounts",
        sql: "select o.order_id::text as id from customer_order o
              where o.status in ('paid', 'partially_fulfilled', 'fulfilled')
                and (select sum(commission - contribution) from seller_order s where s.order_id = o.order_id) <>
                    (select -coalesce(sum(e.amount), 0) from ledger_transfer t join ledger_entry e using (ledger_transfer_id)
                     join ledger_account a using (ledger_account_id)
                     where t.order_id = o.order_id and a.kind = 'platform_revenue' and e.currency = o.currency)",
        light_sql: None,
    },
    Invariant {
        name: "parts_make_the_order",
        promise: "an order's total is the sum of its sellers' parts, and a part's goods the sum of its lines",
        sql: "select o.order_id::text as id from customer_order o
              left join (select order_id, sum(total) as total, sum(tax) as tax, sum(goods) as goods, sum(shipping) as shipping,
                         sum(discount) as discount from seller_order group by 1) s using (order_id)
              where (o.total, o.tax, o.subtotal, o.shipping, o.discount) is distinct from (s.total, s.tax, s.goods, s.shipping, s.discount)
              union
              select s.order_id::text from seller_order s
              left join (select seller_order_id, sum(total) as total, sum(discount) as discount from order_line group by 1) l using (seller_order_id)
              where s.goods is distinct from l.total or l.discount > s.discount or s.discount > l.discount + s.shipping",
        light_sql: Some(
            "select o.order_id::text as id from customer_order o
             where o.placed_at >= $1 and o.total is distinct from (select sum(total) from seller_order s where s.order_id = o.order_id)",
        ),
    },
    Invariant {
        name: "coupons_are_counted",
        promise: "a coupon was used as often as it counts, and by each order that has its code and stands",
        sql: "select c.code as id from coupon c
              where c.uses <> (select count(*) from coupon_use u where u.coupon_id = c.coupon_id and u.given_back_at is null)
              union
              select o.order_id::text from customer_order o left join coupon_use u using (order_id) left join coupon c using (coupon_id)
              where o.coupon_code is distinct from c.code
              union
              select u.order_id::text from coupon_use u join customer_order o using (order_id)
              where (u.given_back_at is null) <> (o.status not in ('canceled', 'expired'))",
        light_sql: None,
    },
    Invariant {
        name: "paid_orders_are_told",
        promise: "every paid order has its event",
        sql: "select o.order_id::text as id from customer_order o
              where o.paid_at > souk.clock() - interval '13 days'
                and not exists (select from event e where e.subject_id = o.order_id and e.kind = 'order_paid')",
        light_sql: Some(
            "select o.order_id::text as id from customer_order o
             where o.paid_at >= $1 and not exists (select from event e where e.subject_id = o.order_id and e.kind = 'order_paid')",
        ),
    },
    Invariant {
        name: "changes_are_allowed",
        promise: "orders and payments changed only as the table of transitions lets them, and stand where their last change led",
        sql: "select t.order_id::text as id from order_transition t
              where t.from_status is not null
                and not exists (select from allowed_transition a where (a.kind, a.from_status, a.to_status) = ('order', t.from_status, t.to_status))
              union
              select t.payment_id::text from payment_transition t
              where t.from_status is not null
                and not exists (select from allowed_transition a where (a.kind, a.from_status, a.to_status) = ('payment', t.from_status, t.to_status))
              union
              select o.order_id::text from customer_order o
              where o.status is distinct from (select t.to_status from order_transition t where (t.buyer_id, t.order_id) = (o.buyer_id, o.order_id)
                                               order by t.order_transition_id desc limit 1)
              union
              select p.payment_id::text from payment p
              where p.status is distinct from (select t.to_status from payment_transition t
                                               where (t.buyer_id, t.order_id, t.payment_id) = (p.buyer_id, p.order_id, p.payment_id)
                                               order by t.payment_transition_id desc limit 1)",
        light_sql: None,
    },
    Invariant {
        name: "orders_are_found",
        promise: "every order stands in the directory with its number and buyer",
        sql: "select o.order_id::text as id from customer_order o left join order_directory d using (order_id)
              where (d.number, d.buyer_id) is distinct from (o.number, o.buyer_id)",
        light_sql: None,
    },
    Invariant {
        name: "purchases_move",
        promise: "no purchase that has something to do stands still for five minutes, and none fails ten times in a row",
        // One that fails again and again is touched at each try, so its age alone does not show it.
        sql: "select order_id::text as id from checkout_saga
              where state in ('running', 'undoing') and updated_at < souk.clock() - interval '5 minutes'
              union
              select order_id::text from checkout_saga where state in ('running', 'waiting', 'undoing') and attempts >= 10",
        light_sql: None,
    },
    Invariant {
        name: "answers_are_forgotten",
        promise: "stored answers and abandoned keys go after 30 days",
        sql: "select key as id from idempotency_key where created_at < souk.clock() - interval '32 days'",
        light_sql: None,
    },
    Invariant {
        name: "webhooks_are_handled",
        promise: "what the gateway told us is acted upon within a minute",
        sql: "select event_id as id from webhook_event where handled_at is null and created_at < souk.clock() - interval '60 seconds'",
        light_sql: None,
    },
    Invariant {
        name: "mails_are_on_their_way",
        promise: "a mail that was not handed over has its job",
        sql: "select mail_id::text as id from mail
              where handed_over_at is null and not exists (select from job where job.kind = 'mail' and job.subject_id = mail_id)",
        light_sql: None,
    },
    Invariant {
        name: "removals_stay",
        promise: "no line of a cart is newer than the cart",
        sql: "select l.cart_id::text as id from cart_line l join cart c using (cart_id) where l.version > c.version",
        light_sql: None,
    },
    Invariant {
        name: "imports_stay_with_their_seller",
        promise: "a product that was read from a seller's file is that seller's",
        sql: "select p.product_id::text as id from import_source s join product p using (product_id) where p.seller_id <> s.seller_id",
        light_sql: None,
    },
    Invariant {
        name: "books_are_closed",
        promise: "the books refuse every change: their triggers stand and are on",
        sql: "select wanted as id
              from unnest(array['stock_movement', 'order_transition', 'payment_transition', 'ledger_transfer', 'ledger_entry', 'audit_log']) wanted
              where not exists (select from pg_trigger t where t.tgrelid = to_regclass(wanted) and t.tgname = wanted || '_append_only' and t.tgenabled in ('O', 'A'))",
        light_sql: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_promise_has_a_name_of_its_own() {
        let mut names: Vec<&str> = INVARIANTS.iter().map(|invariant| invariant.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), INVARIANTS.len());
    }
}
