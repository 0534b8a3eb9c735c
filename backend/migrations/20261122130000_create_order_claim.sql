-- Orders that a guest placed and an account has taken in since: by their token, never by their e-mail address alone.
create table order_claim (
    order_id uuid primary key references order_directory,
    user_id uuid not null references app_user,
    created_at timestamptz not null default souk.clock()
);
create index order_claim_user_id on order_claim (user_id);
