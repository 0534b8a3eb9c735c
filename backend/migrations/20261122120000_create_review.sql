-- What buyers say about products. A listing reads the sum and the count that the product itself carries.
create table review (
    review_id uuid primary key,
    product_id uuid not null references product,
    -- Who wrote it, where that is an account of ours.
    user_id uuid references app_user,
    author text not null check (length(author) between 1 and 60),
    rating smallint not null check (rating between 1 and 5),
    -- Title and body are plain text.
    title text check (length(title) between 1 and 120),
    body text not null check (length(body) between 1 and 4000),
    -- The author bought it here.
    is_verified boolean not null default false,
    hidden_at timestamptz,
    written_at timestamptz not null,
    created_at timestamptz not null default souk.clock(),
    constraint review_once unique (product_id, user_id)
);
create index review_of_product on review (product_id, written_at desc, review_id desc) where hidden_at is null;
create index review_user_id on review (user_id);
