# Why the shop says no. Accounts
email-taken = An account with this e-mail address exists already. Sign in instead.
invalid-email = That is not an e-mail address.
invalid-name = Enter your name, in at most 100 characters.
password-too-short = Use at least { $min } characters; a few words in a row are fine.
password-too-long = Use at most { $max } characters.
password-guessable = This password is too easy to guess. Use a few unrelated words.
invalid-credentials = The e-mail address or the password is not right.
too-many-tries = Too many tries. Wait a little, then try again.
link-invalid = This link does not work any more. It works once and for a day, and in the account that it was mailed for.

# The cart
cart-not-found = This cart is no longer there.
sold-out = This is sold out.
only-left = Only { $available } left.
quantity-limit = At most { $max } of these fit in the cart.
line-limit = The cart is full: at most { $max } different things.
variant-not-found = This is not for sale any more.
cart-unavailable = Your cart cannot be reached for a moment. It is safe: try again soon.

# A coupon; `min-goods` is an amount
coupon-invalid = There is no such coupon.
coupon-expired = This coupon has expired.
coupon-min-goods = This coupon is for goods worth { $min-goods } or more.
coupon-not-applicable = This coupon is not for what is in the cart.
coupon-used-up = This coupon has been used as often as it may be.

# The checkout; `sellers` are one or more names, `least` and `most` are amounts
cart-empty = Your cart is empty.
out-of-stock = Some of this is no longer available.
total-changed = The total has changed. Please look at it once more.
order-pending = You have placed this order already. It waits for its payment.
cart-payment-in-progress = A payment for this cart is under way. Do not pay again.
shipping-option-unknown = This way of shipping is not offered for this address.
not-shipped = { $sellers } does not ship to this address.
line-withdrawn = Something in the cart is not for sale any more. Remove it to go on.
total-too-small = This total cannot be paid: the smallest payment is { $least }.
total-too-large = This total cannot be paid: the largest payment is { $most }.
total-not-a-step = This total cannot be paid: payments in { $currency } end in a zero.

# Paying an order
already-paid = This order is paid already.
payment-in-progress = A payment of this order is under way. Do not pay again; this page will tell how it went.
order-expired = The time to pay this order is over. Your cart still has everything.
order-canceled = This order was canceled.
payment-method-invalid = This payment method cannot be used.
gateway-unavailable = Payment is not available for a moment. Nothing was charged.
