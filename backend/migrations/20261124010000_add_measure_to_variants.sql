-- What a variant holds, where it is sold by weight, volume or length: `250 g`, `1.5 l`. Its page says what a whole unit costs.
alter table variant add column measure text constraint variant_measure_check check (
    measure ~ '^[0-9]{1,6}(\.[0-9]{1,3})? (mg|g|kg|ml|cl|l|mm|cm|m)$' and measure ~ '[1-9]'
);
