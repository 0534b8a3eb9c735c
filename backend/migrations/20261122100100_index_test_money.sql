-- Before a shop takes real money it asks whether test money was ever taken here: one look, in a database of any size.

create index payment_test_money on payment (payment_id) where captured > 0 and not livemode;
