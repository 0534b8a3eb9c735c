-- Money: payments, the checkout saga, the ledger, what the gateway tells us.

create table payment (
    buyer_id uuid not null,
    order_id uuid not null,
    payment_id uuid not null,
    gateway text not null check (gateway in ('stripe', 'sandbox')),
    livemode boolean not null default false,
    status text not null check (status in ('created', 'requires_action', 'processing', 'authorized', 'captured', 'settled', 'canceled',
        'partially_refunded', 'refunded', 'disputed', 'dispute_won', 'dispute_lost')),
    amount bigint not null check (amount > 0),
    currency text not null check (length(currency) = 3),
    captured bigint not null default 0,
    refunded bigint not null default 0,
    -- The gateway's objects. One payable object at a time: an intent, or a checkout session with its own intent.
    payment_intent_id text,
    checkout_session_id text,
    client_secret text,
    -- What of the card may be known: never its number.
    card_brand text,
    card_last4 text check (length(card_last4) = 4),
    card_fingerprint text,
    version bigint not null default 1,
    updated_at timestamptz not null default souk.clock(),
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, payment_id),
    foreign key (buyer_id, order_id) references customer_order,
    constraint payment_payment_id_key unique (payment_id),
    constraint payment_order_id_key unique (order_id),
    constraint payment_payment_intent_id_key unique (payment_intent_id),
    constraint payment_checkout_session_id_key unique (checkout_session_id),
    constraint payment_captured check (captured between 0 and amount),
    constraint payment_refunded check (refunded between 0 and captured)
);
create index payment_card_fingerprint on payment (card_fingerprint);

-- Tries to pay. At most one is under way, at most one succeeds.
create table payment_attempt (
    buyer_id uuid not null,
    order_id uuid not null,
    payment_id uuid not null,
    payment_attempt_id uuid not null,
    status text not null check (status in ('requires_action', 'processing', 'succeeded', 'failed')),
    payment_method text,
    next_action_url text,
    error_code text,
    error_message text,
    created_at timestamptz not null default souk.clock(),
    updated_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, payment_attempt_id),
    foreign key (buyer_id, order_id, payment_id) references payment
);
create unique index payment_attempt_open_key on payment_attempt (payment_id) where status in ('requires_action', 'processing');
create unique index payment_attempt_succeeded_key on payment_attempt (payment_id) where status = 'succeeded';

-- The transitions that may happen; a change outside this table is refused by the foreign key of its log.
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

create table payment_transition (
    buyer_id uuid not null,
    order_id uuid not null,
    payment_id uuid not null,
    payment_transition_id bigint generated always as identity,
    from_status text,
    to_status text not null,
    cause text not null check (cause in ('checkout', 'api', 'return_page', 'webhook', 'worker', 'expiry', 'cancel', 'reconciliation', 'admin')),
    gateway_event_id text,
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, payment_transition_id),
    foreign key (buyer_id, order_id, payment_id) references payment
);
create trigger payment_transition_append_only before update or delete or truncate on payment_transition
    for each statement execute function souk.refuse_change();

-- The purchase as a saga: the step to run next, and what each finished step left behind. Resumed by a worker after a crash.
create table checkout_saga (
    saga_id uuid primary key,
    buyer_id uuid not null,
    order_id uuid not null,
    step text not null,
    state text not null check (state in ('running', 'waiting', 'undoing', 'done', 'undone')),
    -- What the shopper handed in, and the outcome of each step so far.
    input jsonb not null,
    outcome jsonb not null default '{}',
    attempts int not null default 0,
    leased_until timestamptz,
    last_error text,
    updated_at timestamptz not null default souk.clock(),
    created_at timestamptz not null default souk.clock(),
    constraint checkout_saga_order_id_key unique (order_id)
);
create index checkout_saga_live on checkout_saga (updated_at) where state in ('running', 'waiting', 'undoing');

-- The gateway's events: stored before anything is done about them, once each.
create table webhook_event (
    event_id text primary key,
    gateway text not null,
    kind text not null,
    body text not null,
    outcome text,
    attempts int not null default 0,
    handled_at timestamptz,
    created_at timestamptz not null default souk.clock()
);
create index webhook_event_waiting on webhook_event (created_at) where handled_at is null;

-- Ledger ------------------------------------------------------------------------------------------------------------
-- Double entry: a transfer moves money between accounts; its entries (debit positive, credit negative) sum to zero per
-- currency. Nothing is edited: a correction is another transfer.

create table ledger_account (
    ledger_account_id uuid primary key,
    kind text not null check (kind in ('gateway_clearing', 'bank', 'seller_payable', 'seller_reserve', 'platform_revenue', 'tax_payable',
        'shipping', 'fees', 'refunds', 'chargebacks', 'rounding')),
    currency text not null check (length(currency) = 3),
    seller_id uuid references seller,
    created_at timestamptz not null default souk.clock(),
    constraint ledger_account_seller check ((seller_id is not null) = (kind in ('seller_payable', 'seller_reserve')))
);
create unique index ledger_account_key on ledger_account (kind, currency, coalesce(seller_id, '00000000-0000-0000-0000-000000000000'));

create table ledger_transfer (
    ledger_transfer_id uuid primary key,
    kind text not null check (kind in ('capture', 'fee', 'tax', 'shipping', 'commission', 'earnings', 'refund', 'dispute', 'payout', 'correction')),
    -- What it is for, once per kind: posting the same fact twice is refused.
    reference_id uuid not null,
    order_id uuid,
    created_at timestamptz not null default souk.clock(),
    constraint ledger_transfer_reference_key unique (kind, reference_id)
);
create index ledger_transfer_order_id on ledger_transfer (order_id);

create table ledger_entry (
    ledger_transfer_id uuid not null references ledger_transfer,
    ledger_account_id uuid not null references ledger_account,
    amount bigint not null check (amount <> 0),
    currency text not null check (length(currency) = 3),
    created_at timestamptz not null default souk.clock(),
    primary key (ledger_transfer_id, ledger_account_id)
);
create index ledger_entry_account on ledger_entry (ledger_account_id);

create function souk.check_transfer_balances() returns trigger
    language plpgsql
    as $$ begin
        if exists (
            select from ledger_entry where ledger_transfer_id = new.ledger_transfer_id
            group by currency having sum(amount) <> 0
        ) or (select count(*) from ledger_entry where ledger_transfer_id = new.ledger_transfer_id) < 2 then
            raise exception 'transfer % does not balance', new.ledger_transfer_id using errcode = 'check_violation', constraint = 'ledger_transfer_balances';
        end if;
        return null;
    end $$;
create constraint trigger ledger_entry_balances after insert on ledger_entry
    deferrable initially deferred for each row execute function souk.check_transfer_balances();
create constraint trigger ledger_transfer_balances after insert on ledger_transfer
    deferrable initially deferred for each row execute function souk.check_transfer_balances();

create trigger ledger_transfer_append_only before update or delete or truncate on ledger_transfer
    for each statement execute function souk.refuse_change();
create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
    for each statement execute function souk.refuse_change();

-- Facts about the marketplace as a whole, such as: has live money ever passed here?
create table marketplace (
    singleton boolean primary key default true check (singleton),
    live_money_seen boolean not null default false,
    created_at timestamptz not null default souk.clock()
);
insert into marketplace default values;
