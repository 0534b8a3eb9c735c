-- A parcel's weight: what each started kilogram beyond the first costs, and up to which weight a way of shipping is offered.
alter table shipping_rate add amount_per_kg bigint not null default 0 check (amount_per_kg >= 0);
alter table shipping_rate add grams_max int check (grams_max > 0);
