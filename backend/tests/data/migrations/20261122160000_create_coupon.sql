-- A coupon with something in every lane, used by the order and entered in the cart.
insert into coupon (coupon_id, code, label, funded_by, item_basis_points, order_amount, currency, min_goods, free_shipping, uses_max) values
    ('00000000-0000-0000-0000-000000000070', 'WELCOME-10', '10 % and 5.00 off, shipping free', 'marketplace', 1000, 500, 'USD', 2000, true, 100);
update coupon set uses = 1 where coupon_id = '00000000-0000-0000-0000-000000000070';
insert into coupon_use (order_id, coupon_id, buyer_id, email_hash, given_back_at)
    values ('00000000-0000-0000-0000-000000000040', '00000000-0000-0000-0000-000000000070', '00000000-0000-0000-0000-000000000005', '\x05', null);
update cart set coupon_id = '00000000-0000-0000-0000-000000000070' where cart_id = '00000000-0000-0000-0000-000000000030';
