-- Sellers, what they sell, and how much of it there is.

create table seller (
    seller_id uuid primary key,
    slug text not null,
    name text not null,
    story text not null default '',
    city text not null default '',
    country text not null check (length(country) = 2),
    shipping_policy text not null default '',
    returns_policy text not null default '',
    commission_basis_points int not null check (commission_basis_points between 0 and 10000),
    status text not null default 'active' check (status in ('pending', 'active', 'suspended')),
    created_at timestamptz not null default souk.clock(),
    constraint seller_slug_key unique (slug)
);

create table membership (
    user_id uuid not null references app_user,
    seller_id uuid not null references seller,
    role text not null check (role in ('owner', 'manager', 'staff')),
    created_at timestamptz not null default souk.clock(),
    primary key (user_id, seller_id)
);

-- Two levels today; `path` names the ancestors from the root, itself included, so that "with descendants" is one
-- comparison whatever the depth.
create table category (
    category_id uuid primary key,
    parent_id uuid references category,
    slug text not null,
    name text not null,
    path uuid[] not null,
    position int not null default 0,
    created_at timestamptz not null default souk.clock(),
    constraint category_slug_key unique (slug)
);
create index category_path on category using gin (path);

create table product (
    product_id uuid primary key,
    seller_id uuid not null references seller,
    category_id uuid not null references category,
    slug text not null,
    title text not null check (length(title) between 1 and 200),
    -- Sanitised when written: shown as it stands.
    description_html text not null default '',
    -- [{"name": "Colour", "values": ["Sand", "Moss"]}], in the order shown.
    options jsonb not null default '[]',
    status text not null default 'draft' check (status in ('draft', 'published', 'withdrawn')),
    published_at timestamptz,
    version bigint not null default 1,
    -- Kept by the use cases that change reviews and sales, so that a listing reads one row.
    rating_sum bigint not null default 0,
    rating_count int not null default 0,
    units_sold bigint not null default 0,
    created_at timestamptz not null default souk.clock(),
    constraint product_slug_key unique (slug),
    constraint product_published check ((status = 'published') <= (published_at is not null))
);
create index product_category_id on product (category_id);
create index product_seller_id on product (seller_id);
create index product_newest on product (published_at desc, product_id desc) where status = 'published';

-- What stock is held of. A variant owns one today; a seat, a night, a delivery slot later.
create table stock_item (
    stock_item_id uuid primary key,
    kind text not null check (kind in ('variant')),
    created_at timestamptz not null default souk.clock()
);

create table variant (
    variant_id uuid primary key,
    product_id uuid not null references product,
    seller_id uuid not null references seller,
    stock_item_id uuid not null references stock_item,
    sku text not null check (length(sku) between 1 and 64),
    -- {"Colour": "Sand"}
    options jsonb not null default '{}',
    weight_grams int not null default 0 check (weight_grams >= 0),
    position int not null default 0,
    withdrawn_at timestamptz,
    created_at timestamptz not null default souk.clock(),
    constraint variant_stock_item_id_key unique (stock_item_id),
    constraint variant_sku_key unique (seller_id, sku)
);
create index variant_product_id on variant (product_id);

create table price (
    variant_id uuid not null references variant,
    currency text not null check (length(currency) = 3),
    amount bigint not null check (amount >= 0),
    compare_at_amount bigint check (compare_at_amount > amount),
    created_at timestamptz not null default souk.clock(),
    primary key (variant_id, currency)
);

-- `source` names the picture's origin, so that seeding again changes nothing; `file` is the hashed stem of its widths.
create table image (
    image_id uuid primary key,
    product_id uuid not null references product,
    file text not null,
    widths int[] not null,
    width int not null check (width > 0),
    height int not null check (height > 0),
    alt text not null,
    background text not null check (background ~ '^#[0-9a-f]{6}$'),
    position int not null default 0,
    variant_ids uuid[] not null default '{}',
    created_at timestamptz not null default souk.clock()
);
create index image_product_id on image (product_id, position);

-- Stock -------------------------------------------------------------------------------------------------------------

create table warehouse (
    warehouse_id uuid primary key,
    code text not null,
    name text not null,
    country text not null check (length(country) = 2),
    region text,
    latitude double precision,
    longitude double precision,
    -- Smaller goes first where nothing else decides.
    rank int not null default 0,
    created_at timestamptz not null default souk.clock(),
    constraint warehouse_code_key unique (code)
);

-- available = on_hand - allocated - held. The checks are the last word: nothing is promised twice, whatever the code does.
create table stock_level (
    stock_item_id uuid not null references stock_item,
    warehouse_id uuid not null references warehouse,
    on_hand int not null check (on_hand >= 0),
    allocated int not null default 0,
    held int not null default 0,
    created_at timestamptz not null default souk.clock(),
    primary key (stock_item_id, warehouse_id),
    constraint stock_level_allocated check (allocated >= 0),
    constraint stock_level_held check (held >= 0),
    constraint stock_level_promised check (held + allocated <= on_hand)
) with (fillfactor = 50);

-- Explains every change of on_hand.
create table stock_movement (
    stock_movement_id uuid primary key,
    stock_item_id uuid not null,
    warehouse_id uuid not null,
    delta int not null check (delta <> 0),
    reason text not null check (reason in ('receive', 'adjust', 'sale', 'return')),
    reservation_id uuid,
    actor_id uuid,
    note text not null default '',
    created_at timestamptz not null default souk.clock(),
    foreign key (stock_item_id, warehouse_id) references stock_level,
    constraint stock_movement_sale check ((reason = 'sale') <= (reservation_id is not null))
);
create unique index stock_movement_sale_key on stock_movement (reservation_id) where reason = 'sale';
create index stock_movement_level on stock_movement (stock_item_id, warehouse_id);
create trigger stock_movement_append_only before update or delete or truncate on stock_movement
    for each statement execute function souk.refuse_change();

create table reservation (
    reservation_id uuid primary key,
    holder_kind text not null check (holder_kind in ('order', 'external')),
    holder_id uuid not null,
    stock_item_id uuid not null,
    warehouse_id uuid not null,
    quantity int not null check (quantity > 0),
    state text not null check (state in ('held', 'firm', 'shipped', 'released', 'expired')),
    first_held_at timestamptz not null default souk.clock(),
    expires_at timestamptz not null,
    extensions int not null default 0,
    -- When its state changed last: what a look at recent changes goes by.
    changed_at timestamptz not null default souk.clock(),
    created_at timestamptz not null default souk.clock(),
    foreign key (stock_item_id, warehouse_id) references stock_level,
    -- However often a hold is made longer, it ends 30 minutes after it began; another program's may ask for an hour.
    constraint reservation_life check (expires_at <= first_held_at + case holder_kind when 'order' then interval '30 minutes' else interval '60 minutes' end)
);
create index reservation_changed_at on reservation (changed_at);
create index reservation_holder on reservation (holder_kind, holder_id);
create index reservation_due on reservation (expires_at) where state = 'held';
create index reservation_level on reservation (stock_item_id, warehouse_id) where state in ('held', 'firm');
-- One live claim per holder and row: reserving twice is reserving once.
create unique index reservation_live_key on reservation (holder_kind, holder_id, stock_item_id, warehouse_id)
    where state in ('held', 'firm');
