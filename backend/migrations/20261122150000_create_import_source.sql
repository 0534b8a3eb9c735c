-- Products that were read from another shop's file. A second run of the same file finds by these what the first has made:
-- the product by its name in the file, the picture by the address it came from. All of it may be missing.

create table import_source (
    seller_id uuid not null references seller,
    source text not null check (source in ('shopify')),
    handle text not null check (length(handle) between 1 and 255),
    product_id uuid not null references product,
    created_at timestamptz not null default souk.clock(),
    primary key (seller_id, source, handle),
    constraint import_source_product_id_key unique (product_id)
);

alter table variant add barcode text;
alter table variant add constraint variant_barcode check (length(barcode) between 1 and 64);
alter table image add source_url text;
