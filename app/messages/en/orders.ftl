# An order's page: heading, and the browser's tab
title = Order { $number }
thanks-title = Thank you for your order
# Right after paying; the shopper's e-mail address stands between the two parts
thanks-before-email = Your payment has arrived, and each seller now packs their part. The order is kept under{" "}
thanks-after-email = ; this page shows when something is on its way.

# An order's state, as a badge
status-pending-payment = Waiting for payment
status-paid = Paid
status-partially-fulfilled = Partly shipped
status-fulfilled = Shipped
status-canceled = Canceled
status-refunded = Refunded
status-partially-refunded = Partly refunded
status-expired = Not paid in time

# What the shopper has to do or to know
payment-checked = Your payment is being checked. Do not pay again.
payment-awaited = This order waits for its payment.
pay-now = Pay now
nothing-charged = Nothing was charged.
to-cart = Back to your cart

# A link that opens the order, for guests
keep-link-title = Keep this link
keep-link-text = It opens this order in any browser. Whoever has it can see the order, so share it with care.

# Below it: the form of a new account
account-offer-title = Keep an account?
account-offer-text = Choose a password, and your cart and your next orders follow you to every device.

# Signed in, with an order placed as a guest
claim-text = You ordered this as a guest.
claim = Add it to your account
claimed = The order is in your account now.
not-claimed = Only the browser that ordered can add this order, to one account.

# One seller's parcel; the seller's name follows
parcel-from = From{" "}
parcel-canceled = This part was canceled.
# Spoken: the name of the list of steps
parcel-steps = How far the parcel is
step-ordered = Ordered
step-awaiting-payment = Waiting for payment
step-paid = Paid
step-being-packed = Being packed
step-packed = Packed
step-partly-shipped = Partly shipped
step-shipped = Shipped
step-canceled = Canceled
# Spoken after a step
step-is-done = , done
step-is-now = , now
step-is-later = , to come
# $days: "25 to 28 November"
parcel-arrives = { $shipping }, arrives { $days }
# The parcel's tracking number follows
parcel-sent = Sent with { $carrier } on { $moment }:{" "}

# Beside the parcels
facts = About this order
cost-title = What it cost
refunded = { $amount } refunded on { $moment }
test-payment = Test payment: no money has moved.
address-title = Where it goes
timeline-title = What has happened

# What has happened, each with its time below it
event-order-placed = Order placed
event-payment-requires-action = Payment requires action
event-payment-authorized = Payment approved by the bank
event-payment-failed = Payment refused by the bank
event-payment-captured = Payment received
event-payment-canceled = Payment canceled, nothing charged
event-payment-partially-refunded = Payment partially refunded
event-payment-refunded = Payment refunded
event-payment-disputed = Payment disputed
event-dispute-won = Dispute won
event-dispute-lost = Dispute lost
event-order-paid = Order confirmed
event-order-partially-shipped = Order partially shipped
event-order-shipped = Order shipped
event-order-canceled = Order canceled
event-order-refunded = Order refunded
event-order-partially-refunded = Order partially refunded
event-order-expired = Not paid in time
