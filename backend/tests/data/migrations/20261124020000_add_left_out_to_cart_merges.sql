update cart_merge set left_out = array(select variant_id from variant limit 1);
