-- A guest's cart that was merged into an account's, and a paid order of two units.
insert into cart (cart_id, token_hash, user_id, version, expires_at) values ('00000000-0000-0000-0000-000000000030', null, '00000000-0000-0000-0000-000000000001', 3, souk.clock() + interval '90 days');
insert into cart (cart_id, token_hash, user_id, merged_into, expires_at) values ('00000000-0000-0000-0000-000000000031', null, null, '00000000-0000-0000-0000-000000000030', souk.clock() + interval '30 days');
insert into cart (cart_id, token_hash, expires_at) values ('00000000-0000-0000-0000-000000000032', '\x03', souk.clock() + interval '30 days');
insert into cart_line (cart_id, variant_id, quantity, seen_amount, seen_currency, position, version) values
    ('00000000-0000-0000-0000-000000000030', '00000000-0000-0000-0000-000000000016', 2, 2000, 'USD', 1, 3), ('00000000-0000-0000-0000-000000000032', '00000000-0000-0000-0000-000000000016', 0, 2000, 'USD', 1, 2);
insert into cart_operation (operation_id, cart_id) values ('00000000-0000-0000-0000-000000000033', '00000000-0000-0000-0000-000000000030');
insert into cart_merge (guest_cart_id, cart_id, user_id, added, undo) values ('00000000-0000-0000-0000-000000000031', '00000000-0000-0000-0000-000000000030', '00000000-0000-0000-0000-000000000001', array['00000000-0000-0000-0000-000000000016']::uuid[], '[]');
insert into tax_rule (country, region, rate_basis_points, included) values ('US', '', 0, false), ('US', 'NJ', 663, false), ('DE', '', 1900, true);
insert into shipping_rate (shipping_rate_id, seller_id, label, countries, currency, amount, days_from, days_to, is_default)
    values ('00000000-0000-0000-0000-000000000034', '00000000-0000-0000-0000-000000000010', 'Standard', '{US}', 'USD', 500, 2, 4, true);
insert into order_directory (order_id, number, buyer_id) values ('00000000-0000-0000-0000-000000000040', 'SK-0000-0001', '00000000-0000-0000-0000-000000000005');
insert into customer_order (buyer_id, order_id, number, cart_id, cart_version, email, status, currency, subtotal, shipping, tax, tax_included,
        tax_rate_basis_points, total, ship_name, ship_line1, ship_city, ship_region, ship_postal_code, ship_country, paid_at)
    values ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000040', 'SK-0000-0001', '00000000-0000-0000-0000-000000000030', 1, 'ada@example.org', 'paid', 'USD', 4000, 500, 298, false, 663, 4798, 'Ada', '1 Way', 'Newark', 'NJ', '07114', 'US', souk.clock());
insert into seller_order (buyer_id, order_id, seller_order_id, seller_id, seller_slug, seller_name, status, shipping_label, delivery_from, delivery_to,
        goods, shipping, tax, total, net_goods, net_shipping, commission_basis_points, commission)
    values ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000040', '00000000-0000-0000-0000-000000000042', '00000000-0000-0000-0000-000000000010', 'potter', 'Potter', 'to_ship', 'Standard', '2026-11-25', '2026-11-27', 4000, 500, 298, 4798, 4000, 500, 1000, 400);
insert into order_line (buyer_id, order_id, seller_order_id, order_line_id, variant_id, stock_item_id, product_slug, sku, title, quantity, unit_price, total, tax, position)
    values ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000040', '00000000-0000-0000-0000-000000000042', '00000000-0000-0000-0000-000000000043', '00000000-0000-0000-0000-000000000016', '00000000-0000-0000-0000-000000000014', 'bowl', 'BOWL-SAND', 'Bowl', 2, 2000, 4000, 265, 0);
insert into shipment (buyer_id, order_id, seller_order_id, shipment_id, carrier, tracking_number) values ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000040', '00000000-0000-0000-0000-000000000042', '00000000-0000-0000-0000-000000000044', 'Post', 'T1');
insert into order_transition (buyer_id, order_id, from_status, to_status, cause) values
    ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000040', null, 'pending_payment', 'checkout'), ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000040', 'pending_payment', 'paid', 'worker');
insert into order_token (token_hash, buyer_id, order_id) values ('\x04', '00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000040');
