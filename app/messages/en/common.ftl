# Links that stand on several pages
to-front-page = To the front page
browse-everything = Browse everything

# The way from the front page to this one, heard only
breadcrumb = Breadcrumb

# The button of a dialog or drawer, heard only
close = Close

# After the label of a field that may stay empty
optional = optional

# Above a form that was not taken; the fields follow
fields-to-mend = Some fields need another look.

# At the end of a long list
more-results = More results
shown-of = { $shown } of { $total }
show-more = Show more

# A reduced price, heard only: "Now $12.00, before $15.00"
price-now = Now{" "}
price-before = , before{" "}

# A rating, heard only: "4.6 out of 5 stars"
stars = { $rating } out of 5 stars

# Why something could not be done, beside what was tried
unauthorized = Please sign in first.
forbidden = This is not open to you.
not-found = There is no such thing here.
invalid = That did not arrive as it should. Reload the page and try again.
internal = Something went wrong on our side. If it stays, tell us the reference { $reference }.
unreachable = The shop cannot be reached. Check your connection and try again.

# Pages that stand in the place of one that cannot be shown
unauthorized-title = Please sign in
unauthorized-text = This page is kept for its owner.
forbidden-title = Not open to you
forbidden-text = Your account has no part in this.
not-found-title = Not here
not-found-text = This page has moved, sold its last piece, or never was.
invalid-title = That did not work
invalid-text = Something in the address is not as it should be.
fault-text = Something about it was not as it should be. Go back and try again.
fault-other-site = This form was sent from another site. Open the shop and try again.
fault-not-found = There is nothing at this address: it was mistyped, or its link has ended.
fault-too-large = This is more than fits.
fault-late-title = This takes too long
fault-late = Too much is going on just now. Try again in a moment.
internal-title = Our mistake
internal-text = Something broke on our side. Nothing was charged and your cart is safe. Try again in a moment.
unreachable-title = No connection
unreachable-text = The shop cannot be reached. Check your connection, then try again.
# The reference to our log follows
reference = Reference{" "}
