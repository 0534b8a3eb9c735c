-- One shown, one hidden.
insert into review (review_id, product_id, author, rating, title, body, is_verified, hidden_at, written_at) values
    ('00000000-0000-0000-0000-000000000060', '00000000-0000-0000-0000-000000000013', 'Ada L.', 5, 'Round', 'Very round.', true, null, souk.clock()),
    ('00000000-0000-0000-0000-000000000061', '00000000-0000-0000-0000-000000000013', 'Bob M.', 1, null, 'Buy elsewhere.', false, souk.clock(), souk.clock());
update product set rating_sum = 5, rating_count = 1 where product_id = '00000000-0000-0000-0000-000000000013';
