# The parts for sellers and for administrators, on both their pages
nothing-yet-title = Nothing to do here yet
to-front-page = To the front page

# For sellers
sell-title = Sell on Souk
sell-heading = Your shop
sell-nothing-yet = Your products, stock, orders to ship and payouts will be kept here.
sell-closed-title = This part is for sellers
sell-closed-text = Your account does not work for a seller on Souk. Sign in with one that does, or go on shopping.

# For administrators
admin-title = Administration
admin-nothing-yet = Moderation, sellers, disputes, refunds and the health of the marketplace will be looked after here.
admin-closed-title = This part is for administrators
admin-closed-text = Your account does not look after the marketplace. Sign in with one that does, or go on shopping.
