update variant set measure = '250 g';
