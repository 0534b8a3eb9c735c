# On every page of a shop that takes no real payments
test-payments-label = Test payments
test-payments = Test payments: no real money moves in this shop.
# At the foot of every page: links to the same page in another language, and in another currency
language = Language
prices-in = Prices in
