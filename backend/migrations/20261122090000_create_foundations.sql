-- The clock, people, and the things that keep many processes honest: jobs, events, idempotency keys, sagas.
-- Conventions: tables singular, keys <table>_id (UUIDv7, made by the application), money in minor units beside its
-- currency, created_at always. Time comes from souk.clock() alone: read after locks are held, movable in tests.

create schema souk;

create function souk.clock() returns timestamptz
    language sql volatile
    as $$ select clock_timestamp() $$;

-- For tables that are books: what stands there stays. Holds for every role, the owner's included.
create function souk.refuse_change() returns trigger
    language plpgsql
    as $$ begin
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
    end $$;

-- People ------------------------------------------------------------------------------------------------------------

create table app_user (
    user_id uuid primary key,
    email text not null check (length(email) between 3 and 254),
    email_verified_at timestamptz,
    name text not null check (length(name) between 1 and 100),
    is_admin boolean not null default false,
    suspended_at timestamptz,
    created_at timestamptz not null default souk.clock()
);
create unique index app_user_email_key on app_user (lower(email));

-- How a person proves who they are: 'password' today (subject: the user's id, secret: an argon2id hash), others later.
create table identity (
    user_id uuid not null references app_user,
    provider text not null check (provider in ('password', 'passkey', 'oidc')),
    subject text not null,
    secret text,
    created_at timestamptz not null default souk.clock(),
    primary key (provider, subject)
);
create index identity_user_id on identity (user_id);

-- A browser's session; Redis holds a copy. The token itself is stored nowhere, only its SHA-256.
create table session (
    session_id uuid primary key,
    token_hash bytea not null,
    user_id uuid not null references app_user,
    user_agent text not null default '',
    last_seen_at timestamptz not null default souk.clock(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    created_at timestamptz not null default souk.clock(),
    constraint session_token_hash_key unique (token_hash)
);
create index session_user_id on session (user_id) where ended_at is null;

-- Refresh tokens of the REST API rotate; a token used twice ends its whole family.
create table refresh_token (
    token_hash bytea primary key,
    family_id uuid not null,
    user_id uuid not null references app_user,
    audience text not null check (audience in ('shop', 'sell', 'admin')),
    used_at timestamptz,
    revoked_at timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz not null default souk.clock()
);
create index refresh_token_family_id on refresh_token (family_id);

-- Whoever buys: an account's one buyer, or one guest's. Orders and their children are keyed by buyer, so that they can
-- be spread over machines by it.
create table buyer (
    buyer_id uuid primary key,
    user_id uuid references app_user,
    email text,
    created_at timestamptz not null default souk.clock(),
    constraint buyer_user_id_key unique (user_id)
);

create table address (
    address_id uuid primary key,
    buyer_id uuid not null references buyer,
    name text not null,
    line1 text not null,
    line2 text,
    city text not null,
    region text,
    postal_code text not null,
    country text not null check (length(country) = 2),
    latitude double precision,
    longitude double precision,
    created_at timestamptz not null default souk.clock()
);
create index address_buyer_id on address (buyer_id);

-- Events ------------------------------------------------------------------------------------------------------------

-- A log, kept 14 days. A reader takes rows whose transaction is below pg_snapshot_xmin(pg_current_snapshot()), so that
-- one which commits late is never skipped.
create table event (
    event_id bigint generated always as identity primary key,
    transaction_id xid8 not null default pg_current_xact_id(),
    kind text not null,
    subject_id uuid not null,
    payload jsonb not null,
    request_id text,
    created_at timestamptz not null default souk.clock()
);
create index event_order on event (transaction_id, event_id);
create index event_subject_id on event (subject_id, event_id);

-- Where each consumer has read to. A lease makes one process at a time the reader of a shared cursor.
create table event_cursor (
    consumer text primary key,
    transaction_id xid8 not null default '0',
    event_id bigint not null default 0,
    -- Failures in a row at the event after this one; too many, and it is put aside as a dead letter.
    attempts int not null default 0,
    retry_at timestamptz,
    leased_by text,
    leased_until timestamptz,
    created_at timestamptz not null default souk.clock()
);

-- Effects already done, once per consumer and event.
create table inbox (
    consumer text not null,
    event_id bigint not null,
    created_at timestamptz not null default souk.clock(),
    primary key (consumer, event_id)
);

create table dead_letter (
    consumer text not null,
    event_id bigint not null,
    attempts int not null,
    error text not null,
    created_at timestamptz not null default souk.clock(),
    primary key (consumer, event_id)
);

-- Everything timed. A worker takes a due job by a lease and keeps it by a heartbeat; who stops beating loses it.
create table job (
    job_id uuid primary key,
    kind text not null,
    -- One job of a kind per subject: scheduling twice is scheduling once.
    subject_id uuid not null,
    payload jsonb not null default '{}',
    run_at timestamptz not null,
    attempts int not null default 0,
    leased_by text,
    leased_until timestamptz,
    heartbeat_at timestamptz,
    last_error text,
    parked_at timestamptz,
    created_at timestamptz not null default souk.clock(),
    constraint job_kind_subject_key unique (kind, subject_id)
);
create index job_due on job (run_at) where parked_at is null;

-- Idempotency -------------------------------------------------------------------------------------------------------

-- The row is inserted before any work. `answer` is sealed with the configured key: it may hold a client secret.
create table idempotency_key (
    scope text not null,
    key text not null check (length(key) between 1 and 255),
    fingerprint bytea not null,
    state text not null check (state in ('running', 'done')),
    leased_until timestamptz not null,
    -- Names the deed itself: whoever takes an abandoned key over finds by it what the first call began.
    operation_id uuid not null,
    status int,
    answer bytea,
    created_at timestamptz not null default souk.clock(),
    completed_at timestamptz,
    primary key (scope, key),
    constraint idempotency_key_answer check ((state = 'done') = (status is not null and answer is not null))
);
create index idempotency_key_created_at on idempotency_key (created_at);

-- Who did what, for things that need a name beside them.
create table audit_log (
    audit_log_id bigint generated always as identity primary key,
    actor_id uuid,
    action text not null,
    subject_id uuid,
    detail jsonb not null default '{}',
    request_id text,
    created_at timestamptz not null default souk.clock()
);
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function souk.refuse_change();
