# Where an order is paid: the browser's tab and the heading
title = Payment
pay-order = Pay order { $number }
order = Order { $number }
paid = This order is paid.
see-order = See your order

# How long the things are held: a clock follows (14:05)
held = Held for you for{" "}
# The same, spoken, when little time is left
held-minutes = Your things are held for you for { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    } more.
held-seconds = Your things are held for you for { $seconds } seconds more.

# The steps of the checkout; all but the last are done
contact = Contact
delivery = Delivery
shipping = Shipping
# $days: "25 to 28 November"
parcel = { $seller }: { $shipping }, arrives { $days }
payment = Payment

# The form of the payment
pay-total = Pay { $total }
asking-bank = Your bank is being asked. This can take a moment.
checking = We are checking how the payment went. Do not pay again: this page will tell you.
refused-title = The payment was not made
# The reason, where the bank names none
refused = The payment was refused. Nothing was charged.
not-gone-through = It did not go through, and nothing was charged.
# After the reason
still-held = Your order is still held: you can pay again, with this or another card.

# The way to the payment provider's own page
hosted-text = Your card details are typed on our payment provider's page, which then brings you back here.
hosted-text-instead = The payment form could not be shown here. Our payment provider's own page works as well, and brings you back here.
hosted-pay = Pay on the secure payment page

# Nothing is to be paid any more, or not now
time-over = The time to pay is over
late-text = We are asking the bank whether you have paid. Do not pay again: look here once more in a moment.
look-again = Look again
expired-text = Your things are no longer held, and nothing was charged. Your cart still has everything: order again when you are ready.
canceled-title = This order was canceled
canceled-text = Nothing was charged.
to-cart = Back to your cart

# After the bank, while nobody knows yet how the payment went
return-title = Checking your payment
return-heading = We are checking your payment
return-text = Do not pay again. Your bank has not told us yet how it went; this page goes on by itself as soon as we know.
return-order = Order { $number }
check-again = Check again

# At the checkout: why an order was not placed
mend-in-cart = Mend it in the cart
total-changed = It was { $before } and is now { $now }. Nothing was ordered yet: press the button again to accept it.
total-now = It is now { $now }. Nothing was ordered yet: press the button again to accept it.
# What runs short, line by line; $title may be the next text
unnamed-thing = One of your things
sold-out = { $title }: sold out.
only-left = { $title }: only { $available } left.
more-short = … and { $more } more.

# Why the bank refused
declined = Your card was declined.
declined-funds = Your card has insufficient funds.
declined-expired = Your card has expired.
declined-security-code = Your card's security code is incorrect.
declined-processing = An error occurred while processing your card. Try again in a little bit.
declined-authentication = Your bank could not confirm that it is you. Nothing was charged.
