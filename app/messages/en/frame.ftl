# The front page's title in the browser's tab
title = Souk, a market of small workshops

# The top of every page; the first appears when the page is walked through by keyboard
skip = Skip to the content
# What the shop's name is for those who hear it
home-label = Souk, to the front page
search-label = Search the shop
search-placeholder = Search pots, lamps, linen…
# The button, heard only
search = Search
to-dark = Switch to dark colours
to-light = Switch to light colours
# In place of the name of somebody who has not signed in
account = Account
# Here and at the foot
cart = Cart
# The topmost categories, heard only
departments = Departments

# The foot of every page
about = A market of small workshops. One cart, one payment, many makers: each parcel comes from the hands that made it.
shop = Shop
everything = Everything
new-in = New in
ready-to-ship = Ready to ship
# Heard only, for what stands under the next
purchases = Your purchases
yours = Yours
account-and-orders = Account and orders
# Heard only
marketplace = The marketplace
sell-here = Sell here
# Leads to the description of the API
for-programs = For programs
prices = Prices are those of the makers. Shipping and tax are shown before you pay.
