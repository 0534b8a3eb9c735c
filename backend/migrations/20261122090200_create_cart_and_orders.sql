-- Carts, what they cost, and what was bought.

-- PostgreSQL is the truth of a cart, Redis its fast copy. The guest's token is stored as its SHA-256 only.
create table cart (
    cart_id uuid primary key,
    token_hash bytea,
    user_id uuid references app_user,
    currency text not null default 'USD' check (length(currency) = 3),
    version bigint not null default 0,
    merged_into uuid references cart,
    expires_at timestamptz not null,
    updated_at timestamptz not null default souk.clock(),
    created_at timestamptz not null default souk.clock(),
    constraint cart_token_hash_key unique (token_hash),
    constraint cart_user_id_key unique (user_id),
    constraint cart_owner check (token_hash is not null or user_id is not null or merged_into is not null)
);
create index cart_expires_at on cart (expires_at);
create index cart_merged_into on cart (merged_into) where merged_into is not null;

-- A removed line stays as quantity 0, so that a removal that was acknowledged can be told from a line that was lost.
create table cart_line (
    cart_id uuid not null references cart,
    variant_id uuid not null references variant,
    quantity int not null check (quantity between 0 and 99),
    -- The price at which it was added, to say what has changed since.
    seen_amount bigint not null check (seen_amount >= 0),
    seen_currency text not null check (length(seen_currency) = 3),
    position bigint not null,
    version bigint not null,
    created_at timestamptz not null default souk.clock(),
    primary key (cart_id, variant_id)
);

-- Operations taken while PostgreSQL was away, once each.
create table cart_operation (
    operation_id uuid primary key,
    cart_id uuid not null references cart,
    created_at timestamptz not null default souk.clock()
);

-- A merge at sign-in happens once per guest cart; `undo` is the account's cart as it was.
create table cart_merge (
    guest_cart_id uuid primary key references cart,
    cart_id uuid not null references cart,
    user_id uuid not null references app_user,
    added uuid[] not null,
    undo jsonb not null,
    undone_at timestamptz,
    created_at timestamptz not null default souk.clock()
);
create index cart_merge_cart_id on cart_merge (cart_id, created_at);

-- What a destination taxes: the most precise row wins (region before country). `included`: VAT inside the price.
create table tax_rule (
    country text not null check (length(country) = 2),
    region text not null default '',
    rate_basis_points int not null check (rate_basis_points between 0 and 10000),
    included boolean not null,
    created_at timestamptz not null default souk.clock(),
    primary key (country, region)
);

create table shipping_rate (
    shipping_rate_id uuid primary key,
    seller_id uuid not null references seller,
    label text not null,
    countries text[] not null check (cardinality(countries) > 0),
    currency text not null check (length(currency) = 3),
    amount bigint not null check (amount >= 0),
    -- Free from this value of the seller's goods on.
    free_from_amount bigint check (free_from_amount > 0),
    days_from int not null check (days_from >= 0),
    days_to int not null,
    is_default boolean not null default false,
    position int not null default 0,
    created_at timestamptz not null default souk.clock(),
    constraint shipping_rate_days check (days_to >= days_from)
);
create index shipping_rate_seller_id on shipping_rate (seller_id);

-- Orders ------------------------------------------------------------------------------------------------------------

-- The changes of state that may happen, of orders and of payments: what is not listed is refused by the foreign key of
-- the log that each change is written to.
create table allowed_transition (
    kind text not null,
    from_status text not null,
    to_status text not null,
    primary key (kind, from_status, to_status)
);
insert into allowed_transition (kind, from_status, to_status) values
    ('payment', 'created', 'requires_action'), ('payment', 'created', 'processing'), ('payment', 'created', 'authorized'), ('payment', 'created', 'canceled'),
    ('payment', 'requires_action', 'created'), ('payment', 'requires_action', 'processing'), ('payment', 'requires_action', 'authorized'), ('payment', 'requires_action', 'canceled'),
    ('payment', 'processing', 'created'), ('payment', 'processing', 'requires_action'), ('payment', 'processing', 'authorized'), ('payment', 'processing', 'canceled'),
    ('payment', 'authorized', 'captured'), ('payment', 'authorized', 'canceled'),
    ('payment', 'captured', 'settled'), ('payment', 'captured', 'partially_refunded'), ('payment', 'captured', 'refunded'), ('payment', 'captured', 'disputed'),
    ('payment', 'settled', 'partially_refunded'), ('payment', 'settled', 'refunded'), ('payment', 'settled', 'disputed'),
    ('payment', 'partially_refunded', 'refunded'), ('payment', 'partially_refunded', 'disputed'),
    ('payment', 'disputed', 'dispute_won'), ('payment', 'disputed', 'dispute_lost'),
    ('order', 'pending_payment', 'paid'), ('order', 'pending_payment', 'canceled'), ('order', 'pending_payment', 'expired'),
    ('order', 'paid', 'partially_fulfilled'), ('order', 'paid', 'fulfilled'), ('order', 'paid', 'canceled'), ('order', 'paid', 'partially_refunded'), ('order', 'paid', 'refunded'),
    ('order', 'partially_fulfilled', 'fulfilled'), ('order', 'partially_fulfilled', 'partially_refunded'), ('order', 'partially_fulfilled', 'refunded'),
    ('order', 'fulfilled', 'partially_refunded'), ('order', 'fulfilled', 'refunded'), ('order', 'partially_refunded', 'refunded');

-- Finds an order's buyer by its number or id: the one table of orders that is not keyed by buyer.
create table order_directory (
    order_id uuid primary key,
    number text not null,
    buyer_id uuid not null,
    created_at timestamptz not null default souk.clock(),
    constraint order_directory_number_key unique (number)
);

create table customer_order (
    buyer_id uuid not null references buyer,
    order_id uuid not null,
    number text not null,
    cart_id uuid,
    cart_version bigint,
    email text not null,
    status text not null check (status in ('pending_payment', 'paid', 'partially_fulfilled', 'fulfilled', 'canceled', 'refunded', 'partially_refunded', 'expired')),
    currency text not null check (length(currency) = 3),
    subtotal bigint not null check (subtotal >= 0),
    discount bigint not null default 0 check (discount >= 0),
    shipping bigint not null check (shipping >= 0),
    tax bigint not null check (tax >= 0),
    tax_included boolean not null,
    tax_rate_basis_points int not null check (tax_rate_basis_points between 0 and 10000),
    rounding text not null default 'line_half_up' check (rounding in ('line_half_up')),
    total bigint not null check (total >= 0),
    ship_name text not null,
    ship_line1 text not null,
    ship_line2 text,
    ship_city text not null,
    ship_region text,
    ship_postal_code text not null,
    ship_country text not null check (length(ship_country) = 2),
    ship_latitude double precision,
    ship_longitude double precision,
    expires_at timestamptz,
    placed_at timestamptz not null default souk.clock(),
    paid_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id),
    constraint customer_order_order_id_key unique (order_id),
    constraint customer_order_total check (total = subtotal - discount + shipping + case when tax_included then 0 else tax end)
);
create index customer_order_placed on customer_order (buyer_id, placed_at desc);
-- A cart has at most one open order.
create unique index customer_order_open_cart_key on customer_order (cart_id) where status = 'pending_payment';

create table seller_order (
    buyer_id uuid not null,
    order_id uuid not null,
    seller_order_id uuid not null,
    seller_id uuid not null references seller,
    seller_slug text not null,
    seller_name text not null,
    status text not null check (status in ('pending', 'to_ship', 'partially_shipped', 'shipped', 'canceled')),
    shipping_rate_id uuid,
    shipping_label text not null,
    delivery_from date not null,
    delivery_to date not null,
    goods bigint not null check (goods >= 0),
    shipping bigint not null check (shipping >= 0),
    tax bigint not null check (tax >= 0),
    total bigint not null check (total >= 0),
    -- Frozen at sale: goods and shipping without tax, and what the marketplace keeps.
    net_goods bigint not null check (net_goods >= 0),
    net_shipping bigint not null check (net_shipping >= 0),
    commission_basis_points int not null check (commission_basis_points between 0 and 10000),
    commission bigint not null check (commission between 0 and net_goods),
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, seller_order_id),
    foreign key (buyer_id, order_id) references customer_order,
    constraint seller_order_total check (total = net_goods + net_shipping + tax)
);
create index seller_order_seller_id on seller_order (seller_id, created_at desc);

-- A line is a copy: what was bought stays as it was. Kinds other than goods come with their features.
create table order_line (
    buyer_id uuid not null,
    order_id uuid not null,
    seller_order_id uuid not null,
    order_line_id uuid not null,
    kind text not null default 'goods' check (kind in ('goods', 'ticket', 'stay', 'delivery')),
    variant_id uuid,
    stock_item_id uuid,
    product_slug text,
    sku text not null,
    title text not null,
    options jsonb not null default '{}',
    image jsonb,
    quantity int not null check (quantity > 0),
    unit_price bigint not null check (unit_price >= 0),
    total bigint not null,
    tax bigint not null check (tax >= 0),
    position int not null,
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, order_line_id),
    foreign key (buyer_id, order_id, seller_order_id) references seller_order,
    constraint order_line_total check (total = unit_price * quantity)
);

create table shipment (
    buyer_id uuid not null,
    order_id uuid not null,
    seller_order_id uuid not null,
    shipment_id uuid not null,
    carrier text not null,
    tracking_number text not null,
    tracking_url text,
    shipped_at timestamptz not null default souk.clock(),
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, shipment_id),
    foreign key (buyer_id, order_id, seller_order_id) references seller_order
);

-- Every change of an order's state, with what caused it: the order page's timeline, and the proof that only allowed
-- changes happened.
create table order_transition (
    buyer_id uuid not null,
    order_id uuid not null,
    order_transition_id bigint generated always as identity,
    kind text not null generated always as ('order') stored,
    from_status text,
    to_status text not null,
    cause text not null,
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, order_transition_id),
    foreign key (buyer_id, order_id) references customer_order,
    constraint order_transition_allowed foreign key (kind, from_status, to_status) references allowed_transition
);
create index order_transition_created_at on order_transition (created_at);
create trigger order_transition_append_only before update or delete or truncate on order_transition
    for each statement execute function souk.refuse_change();

-- What lets a guest see an order: the token answered when it was placed, and those that a mailed link was exchanged for.
-- Only the SHA-256 is kept.
create table order_token (
    token_hash bytea primary key,
    buyer_id uuid not null,
    order_id uuid not null,
    -- None: as long as the order exists.
    expires_at timestamptz,
    created_at timestamptz not null default souk.clock(),
    foreign key (buyer_id, order_id) references customer_order
);
create index order_token_order_id on order_token (order_id);

-- Links that were mailed: `/track?t=…`; only the SHA-256 is kept.
create table order_link (
    token_hash bytea primary key,
    buyer_id uuid not null,
    order_id uuid not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default souk.clock(),
    foreign key (buyer_id, order_id) references customer_order
);
