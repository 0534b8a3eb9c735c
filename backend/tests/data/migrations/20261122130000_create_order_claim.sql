-- The first guest's order of the samples is in an account.
insert into order_claim (order_id, user_id) values ('00000000-0000-0000-0000-000000000040', '00000000-0000-0000-0000-000000000001');
