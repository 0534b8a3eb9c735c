update shipping_rate set amount_per_kg = 90, grams_max = 10000;
