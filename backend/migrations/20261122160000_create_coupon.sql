-- Codes that make an order cheaper. What one takes off is in lanes: a share of each line, then something off the goods
-- together, then the shipping.
create table coupon (
    coupon_id uuid primary key,
    code text not null check (code ~ '^[A-Z0-9-]{3,32}$'),
    label text not null check (length(label) between 1 and 120),
    -- Only this seller's goods and shipping; null: everybody's.
    seller_id uuid references seller,
    funded_by text not null check (funded_by in ('marketplace', 'seller')),
    item_basis_points int not null default 0 check (item_basis_points between 0 and 10000),
    order_basis_points int check (order_basis_points between 1 and 10000),
    order_amount bigint check (order_amount > 0),
    free_shipping boolean not null default false,
    -- Of the goods it is for.
    min_goods bigint check (min_goods > 0),
    -- Of the two amounts.
    currency text check (currency in ('USD', 'EUR', 'GBP', 'JPY', 'KWD')),
    starts_at timestamptz not null default souk.clock(),
    ends_at timestamptz,
    uses_max int check (uses_max > 0),
    -- By one account, or one e-mail address.
    uses_per_buyer_max int check (uses_per_buyer_max > 0),
    uses int not null default 0 check (uses >= 0),
    created_at timestamptz not null default souk.clock(),
    constraint coupon_code_key unique (code),
    constraint coupon_takes_something check (item_basis_points > 0 or order_basis_points is not null or order_amount is not null or free_shipping),
    constraint coupon_order_lane check (order_basis_points is null or order_amount is null),
    constraint coupon_money check ((currency is not null) = (order_amount is not null or min_goods is not null)),
    -- A seller pays for what makes the own goods cheaper, never for another's.
    constraint coupon_funder check (funded_by = 'marketplace' or seller_id is not null),
    constraint coupon_uses check (uses <= uses_max)
);
create index coupon_seller_id on coupon (seller_id);

-- An order's use of a coupon: taken when the order is placed, given back when it comes to nothing.
create table coupon_use (
    order_id uuid primary key references order_directory,
    coupon_id uuid not null references coupon,
    buyer_id uuid not null references buyer,
    -- Of the order's e-mail address in lower case: who comes as a guest has a new buyer each time.
    email_hash bytea not null,
    given_back_at timestamptz,
    created_at timestamptz not null default souk.clock()
);
create index coupon_use_of_email on coupon_use (coupon_id, email_hash) where given_back_at is null;
create index coupon_use_of_buyer on coupon_use (buyer_id, coupon_id) where given_back_at is null;

-- A coupon as the program reads it, at this moment.
create view coupon_now as
select coupon_id, code, jsonb_build_object(
    'id', coupon_id, 'code', code, 'label', label,
    'discount', jsonb_build_object(
        'seller', seller_id, 'funder', funded_by, 'item', item_basis_points, 'free_shipping', free_shipping,
        'order', case
            when order_basis_points is not null then jsonb_build_object('percent', order_basis_points)
            when order_amount is not null then jsonb_build_object('amount', jsonb_build_object('amount', order_amount, 'currency', currency))
        end
    ),
    'min_goods', case when min_goods is not null then jsonb_build_object('amount', min_goods, 'currency', currency) end,
    'standing', case
        when starts_at > souk.clock() then 'not_yet'
        when ends_at <= souk.clock() then 'expired'
        when uses >= uses_max then 'used_up'
        else 'valid'
    end
) as facts
from coupon;

alter table cart add coupon_id uuid references coupon;
create index cart_coupon_id on cart (coupon_id);

alter table customer_order add coupon_code text;
-- What the coupon takes off goods and shipping, and what of it the marketplace bears.
alter table seller_order add discount bigint not null default 0 check (discount between 0 and goods + shipping);
alter table seller_order add contribution bigint not null default 0 check (contribution >= 0);
alter table seller_order drop constraint seller_order_total;
alter table seller_order add constraint seller_order_total check (total = net_goods + net_shipping + tax - contribution);
alter table order_line add discount bigint not null default 0 check (discount between 0 and total);
