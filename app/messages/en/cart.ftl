# Beside a product: how many, and the button
quantity = Quantity
add = Add to cart

# The cart's page, and the drawer that opens beside any page; `count` is the number of things in it
title = Your cart
title-with-count = Your cart ({ $count })
view = View cart
to-checkout = Go to checkout
drawer-empty-title = Nothing in it yet
drawer-empty-text = What you add waits here for you.
empty-title = Your cart is empty
empty-text = What you add waits here for you, for weeks.
see-new = See what is new
browse-everything = Browse everything
# Heading of the lines, heard only
contents = What is in it
summary = Summary

# The lines of one seller: heard, and as seen before the seller's name, which is a link
seller-group = From { $seller }
from-seller = From{" "}

# The buttons of a line; those with a title are heard only
quantity-of = Quantity of { $title }
one-fewer = One fewer of { $title }
one-more = One more of { $title }
remove = Remove
remove-line = Remove { $title }

# Notes at a line; `now` and `was` are prices
price-changed = Now { $now }, it was { $was } when you added it.
insufficient-stock = Only { $available } left. Lower the quantity to go on.
out-of-stock = Sold out. Remove it to go on.
not-in-currency = Not sold in { $currency }. Choose another currency at the foot of the page, or remove it to go on.
withdrawn = Not for sale any more. Remove it to go on.

# What it comes to, here, at the checkout and with an order
subtotal = Subtotal
discount = Discount
# $code: of the coupon
discount-by = Discount, { $code }
# What one of several in a line costs
each = { $price } each
shipping = Shipping
tax = Tax
total = Total
# Where shipping and tax are still to come
total-so-far = Total so far
# In place of an amount that is known only at the checkout
at-checkout = at checkout
blocked = Something in the cart cannot be bought as it stands. See the notes at its lines.
no-account-needed = No account needed.
nothing-charged-yet = Nothing is charged yet.

# The coupon, in the cart and at the checkout
coupon-open = Have a coupon?
coupon-code = Code
coupon-apply = Apply
coupon-entered = The coupon is in your cart.
coupon-removed = The coupon was taken out.

# What has just happened, as a message in the page
added = Added to your cart.
line-removed = Removed from your cart.
up-to-date = Your cart is up to date.
removed = { $title } was removed.
undo = Undo
# After signing in: `titles` are the things that were in the cart before, joined by commas
merged = From before you signed in: { $titles }.
merge-left-out = Left out, because a cart holds { $max } different things: { $titles }.
merge-undone = Your cart is as it was before you signed in.

# What has just happened, heard only
said-added = { $title } added to the cart.
said-removed = { $title } removed from the cart.
said-quantity = { $title }: quantity { $quantity }.
said-back = { $title } is back in the cart.
