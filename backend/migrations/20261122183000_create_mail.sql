-- Mails are asked for in the transaction of what they tell of, and handed over afterwards by a job each: none tells of what was
-- rolled back, and none is lost. With them an e-mail address can be proved to be its owner's, and the orders that a guest placed
-- with it join the account.

create table mail (
    mail_id uuid primary key,
    -- What it tells of: one mail of a kind per subject and address, however often it is asked for.
    subject_id uuid not null,
    kind text not null,
    address text not null check (length(address) between 3 and 254),
    -- What the addresses of the reader's market begin with; it is written in that language. '' is English with US dollars.
    market text not null,
    -- What the text needs beyond that. No token: those of links are made when the text is.
    content jsonb not null,
    handed_over_at timestamptz,
    created_at timestamptz not null default souk.clock(),
    constraint mail_subject_kind_address_key unique (subject_id, kind, address)
);
create index mail_handed_over_at on mail (handed_over_at) where handed_over_at is not null;

-- The one link of an account that can verify its address now: a new one takes the place of the old, and using it deletes it.
create table email_verification (
    email_verification_id uuid primary key,
    user_id uuid not null references app_user,
    -- Where the link was mailed: it verifies this address and no later one.
    email text not null,
    -- Of the token in the link: its SHA-256.
    token_hash bytea not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default souk.clock(),
    constraint email_verification_user_id_key unique (user_id)
);
create index email_verification_expires_at on email_verification (expires_at);

create index customer_order_email on customer_order (lower(email));
