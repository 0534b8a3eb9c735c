title = Checkout
# Under the cart's "Your cart is empty"
empty-text = Put something into it, and it can be ordered here.

# One sentence around the link to sign in
sign-in-before = No account needed.{" "}
sign-in = Sign in
sign-in-after = {" "}if you have one.

# Opens a list of the account's addresses
other-addresses = Send it to another of your addresses

# The steps
step-contact = Contact
step-delivery = Delivery
step-shipping = Shipping

# Step 1
email = E-mail
email-hint = For the confirmation and the way of your parcels. Nothing else.

# Step 3; `days` is a range of dates; the seller's name follows on `parcel-from`
shipping-later = Ways of shipping and the total appear here once the address is complete.
parcel-from = Parcel from{" "}
arrives = Arrives { $days }
# In place of a price
free = Free

# The button, and what stands under it
continue-to-shipping = Continue to shipping
continue-to-payment = Continue to payment · { $total }
nothing-charged = Nothing is charged yet: you pay in the next step, and your things are held for you meanwhile.

# What is wrong with a field
error-email = Enter your e-mail address, like name@example.org.

# The order beside the form
order-summary = Order summary
quantity = Quantity { $quantity }
tax-included = Tax, included
# In place of an amount that the address decides
after-address = After the address
# Heard only, when the amounts have changed
said-totals = Shipping { $shipping }, tax { $tax }, total { $total }.
