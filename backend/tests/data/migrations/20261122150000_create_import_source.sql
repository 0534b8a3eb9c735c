-- The bowl came from a file, with a picture; it has one more that was added by hand.
insert into import_source (seller_id, source, handle, product_id) values ('00000000-0000-0000-0000-000000000010', 'shopify', 'bowl', '00000000-0000-0000-0000-000000000013');
update variant set barcode = '0123456789012' where sku = 'BOWL-SAND';
insert into image (image_id, product_id, file, widths, width, height, alt, background, source_url) values ('00000000-0000-0000-0000-000000000059', '00000000-0000-0000-0000-000000000013', 'def', '{320}', 320, 320, 'A bowl.', '#f4ecdf', 'https://cdn.example.org/bowl.jpg');
