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
    constraint payment_captured check (captured between 0 and amount),
    constraint payment_refunded check (refunded between 0 and captured)
);
create index payment_card_fingerprint on payment (card_fingerprint);
create index payment_updated_at on payment (updated_at);

-- What the gateway can be paid by for this payment: an intent, or a checkout session with an intent of its own. Rows are
-- written before the gateway is asked, so that asking again asks for the same. At most one is live: before another is
-- made, the gateway has agreed that the last one can no longer be paid.
create table payable (
    buyer_id uuid not null,
    order_id uuid not null,
    payment_id uuid not null,
    -- Counts the payment's payables; part of the key under which the gateway is asked.
    number int not null,
    kind text not null check (kind in ('intent', 'session')),
    state text not null check (state in ('opening', 'open', 'closed')),
    payment_intent_id text,
    checkout_session_id text,
    client_secret text,
    url text,
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, payment_id, number),
    foreign key (buyer_id, order_id, payment_id) references payment,
    constraint payable_payment_intent_id_key unique (payment_intent_id),
    constraint payable_checkout_session_id_key unique (checkout_session_id)
);
create unique index payable_live_key on payable (payment_id) where state <> 'closed';

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
    error_retryable boolean not null default true,
    -- The gateway's own name of the try (a charge, or the method that was tried), where it was made in the browser.
    gateway_reference text,
    created_at timestamptz not null default souk.clock(),
    updated_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, payment_attempt_id),
    foreign key (buyer_id, order_id, payment_id) references payment
);
create unique index payment_attempt_open_key on payment_attempt (payment_id) where status in ('requires_action', 'processing');
create unique index payment_attempt_reference_key on payment_attempt (payment_id, gateway_reference);
create unique index payment_attempt_succeeded_key on payment_attempt (payment_id) where status = 'succeeded';

create table payment_transition (
    buyer_id uuid not null,
    order_id uuid not null,
    payment_id uuid not null,
    payment_transition_id bigint generated always as identity,
    kind text not null generated always as ('payment') stored,
    from_status text,
    to_status text not null,
    cause text not null check (cause in ('checkout', 'api', 'return_page', 'webhook', 'worker', 'expiry', 'cancel', 'reconciliation', 'admin')),
    gateway_event_id text,
    created_at timestamptz not null default souk.clock(),
    primary key (buyer_id, order_id, payment_transition_id),
    foreign key (buyer_id, order_id, payment_id) references payment,
    constraint payment_transition_allowed foreign key (kind, from_status, to_status) references allowed_transition
);
create index payment_transition_created_at on payment_transition (created_at);
create trigger payment_transition_append_only before update or delete or truncate on payment_transition
    for each statement execute function souk.refuse_change();

-- The purchase as a saga: the step to run next, and what each finished step left behind. Resumed by a worker after a crash.
create table checkout_saga (
    saga_id uuid primary key,
    -- The deed that began it: the same one again finds this saga. Given back when nothing came of it.
    operation_id uuid,
    buyer_id uuid not null,
    order_id uuid not null,
    cart_id uuid not null,
    cart_version bigint not null,
    step text not null,
    state text not null check (state in ('running', 'waiting', 'undoing', 'done', 'undone')),
    -- What the shopper handed in, and the outcome of each step so far.
    input jsonb not null,
    outcome jsonb not null default '{}',
    attempts int not null default 0,
    -- One runner at a time; a lease that has ended belongs to a runner that died.
    leased_until timestamptz,
    -- When to look again; brought forward by whoever knows that something has happened.
    wake_at timestamptz,
    last_error text,
    updated_at timestamptz not null default souk.clock(),
    created_at timestamptz not null default souk.clock(),
    constraint checkout_saga_operation_id_key unique (operation_id),
    constraint checkout_saga_order_id_key unique (order_id)
);
create index checkout_saga_due on checkout_saga (wake_at) where state in ('running', 'waiting', 'undoing');
-- A cart is being bought once at a time.
create unique index checkout_saga_live_cart_key on checkout_saga (cart_id) where state in ('running', 'waiting', 'undoing');

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
