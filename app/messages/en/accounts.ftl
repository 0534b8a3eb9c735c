# Signing in
sign-in = Sign in
email = E-mail
password = Password
# In the field of the password: what a press does, and how it is spoken
show = Show
hide = Hide
show-password = Show the password
hide-password = Hide the password
new-here = New here?
to-register = Create an account
too-many-tries = Too many tries. You can try again in { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    }.

# A new account
register-title = Create an account
register-text = Your cart and your orders then follow you to every device.
name = Name
# $length: the least number of characters
password-hint = At least { $length } characters. A few unrelated words are easy to remember and hard to guess.
register = Create account
have-account = You have an account?
to-sign-in = Sign in

# One's own page
title = Your account
profile-title = Profile
rename-title = Change your name
rename = Save
renamed = Your name is changed.
to-sell = Sell on Souk
to-admin = Administration
sign-out = Sign out
signed-out = You are signed out.

# Whether the e-mail address is the account's owner's: on one's own page, and where the mailed link leads
is-verified = Confirmed
is-unverified = Your e-mail address is not confirmed yet. Open the link in our mail: what you have ordered with this address as a guest then joins your account.
send-verification = Send the mail again
verification-sent = The mail is on its way. Only the link in this one works now.
verify-title = Confirm your e-mail address
is-verified-title = Address confirmed
verify-text = Is { $email } your address? What was ordered with it as a guest then joins your account.
verify = Confirm the address
verified = Your e-mail address is confirmed.
verified-already = { $email } is confirmed.
verified-with-orders = Your e-mail address is confirmed. { $count ->
        [one] One order has been added to your account.
       *[other] { $count } orders have been added to your account.
    }

# Addresses that the account keeps
addresses-title = Addresses
add-address = Add an address
change-address = Change
# Spoken; $street: the first line of the address
change-address-of = Change { $street }
change-address-title = Change an address
save-address = Save the address
# Goes back to the account
leave-address = Cancel
address-saved = The address is saved.
forget-address = Forget
# Spoken; $street: the first line of the address
forget-address-of = Forget { $street }
address-forgotten = The address is forgotten. Orders that went there keep it.

# The browsers in which one is signed in
sessions-title = Signed in
this-browser = This browser
last-seen = Last seen { $moment }
end-session = Sign out
# Spoken; $browser: "Firefox on Windows"
browser-on-system = { $browser } on { $system }
some-browser = A browser
end-session-of = Sign out { $browser }
end-other-sessions = Sign out everywhere else
session-ended-already = That browser was signed out already.
other-sessions-ended = { $count ->
        [one] One other browser is signed out.
       *[other] { $count } other browsers are signed out.
    }

# What was ordered
orders-title = Orders
no-orders-title = No orders yet
no-orders-text = What you order while signed in stands here.
browse = Browse everything
# $titles: "Mug, Bowl, Plate"
titles-and-more = { $titles } and { $more } more
newest-orders = Newest orders
older-orders = Older orders
# Spoken: the name of the two links above
order-pages = Pages of orders

# On pages that are not open to whoever is signed in
to-front-page = To the front page
