# The front page
home-description = A market of small workshops: tableware, lamps, linen, bags, paper and toys from the people who make them.
hero-title = Made by hand, sold by the maker
hero-text = Small workshops under one roof: pots, lamps, linen, leather, paper and things to play with. One cart, one payment.
hero-newest = See what is new
hero-makers = Meet the makers
# What the picture shows, for those who do not see it
hero-picture = A market arcade with striped awnings: stalls of pots, lamps, cloth and plants under three arches.
departments-title = Departments
newest-title = Fresh on the stalls
newest-all = All that is new
best-selling-title = What others take home
makers-title = The makers
makers-text = Every seller here has a workshop with a door. Nothing is dropshipped, everything has hands behind it.

# On several pages
browse-everything = Browse everything
# How many products a category or a list has
things = { $count ->
    [one] { $count } thing
   *[other] { $count } things
}
review-count = { $count ->
    [one] { $count } review
   *[other] { $count } reviews
}
# A mark on a product in a list; on its page the button that would buy it
sold-out = Sold out

# A product in a list
reduced = Reduced
# Before the price, where other variants cost more
price-from = from{" "}

# Lists: a category, what answers a question, a seller
category-description = { $category } from the makers of Souk.
subcategories = Subcategories
seller-description = { $seller } on Souk.
question-title = Results for “{ $question }”
everything-title = Everything
# Between these two stands a link: the question as it was probably meant
corrected-before = Did you mean{" "}
corrected-after = ?
results = Results
# The label of the choice, and the button that applies it
sort = Sort
sort-relevance = Best match
sort-newest = Newest first
sort-price-up = Price, low to high
sort-rating = Best rated first
sort-price-down = Price, high to low
# Read out when a list has grown
more-shown = { $count ->
    [one] { $count } more shown.
   *[other] { $count } more shown.
}

# An empty list, and what might help
nothing-found = Nothing found
nothing-filtered = Nothing matches all of these filters together. Take one off, or start again without them.
nothing-for-question = We looked for “{ $question }” in titles, makers and descriptions. A shorter or more general word may find it.
nothing-here = There is nothing here at the moment.
filters-clear = Clear the filters
front-page = Front page

# Filters of a list
filters = Filters
# What unfolds them on a phone
filters-open = Filter
# Closes them on a phone; what is found stands in it
filters-show = Show { $things }
filters-none = Nothing found. Close
# Unfolds the rest of a group
filter-more = { $count } more
filter-in-stock = Ready to ship only
filter-category = Category
filter-rating = Rating
# A filter by stars, in the list and where it is applied
rating-from = { $stars ->
    [one] { $stars } star
   *[other] { $stars } stars
} and up
filter-seller = Seller
# Any category, any seller
filter-all = All
filter-price = Price in { $currency }
filter-price-min = From
filter-price-max = To
filters-apply = Apply

# The filters that are on, each with a button that takes it off
applied-label = Filters that are on
applied-remove = Remove the filter { $filter }
applied-min-price = from { $price }
applied-max-price = up to { $price }
applied-in-stock = Ready to ship
applied-clear = Clear all

# A product's pictures
pictures = Pictures
pictures-strip = Pictures, to be moved with the arrow keys
picture-before = Picture before
picture-next = Next picture
picture-enlarge = Enlarge
# In the dialog: shows the picture larger than its place, and back
picture-closer = Look closer
picture-enlarged = The picture, enlarged
picture-of = Picture { $place } of { $count }

# Buying a product
product-description = { $product } by { $maker }, sold on Souk.
# Heard after the value of an option that cannot be had
value-missing = {" "}(not together with the rest of your choice)
value-sold-out = {" "}(sold out)
stock-good = In stock
stock-low = Only { $count } left
stock-out = Sold out for now
promise = Buy as a guest. Your card never touches our servers.
# What a kilogram, a litre or a metre of it costs
unit-price = { $price } / { $unit }
# Before the article number
item = Item{" "}
# Names of options that sellers use most; an English page shows the seller's own word
option-colour = Colour
option-length = Length
option-material = Material
option-size = Size
about-title = About it

# How long a parcel travels, and what that costs
delivered-in = Delivered by { $seller } in { $days ->
    [one] { $days } working day
   *[other] { $days } working days
}
delivered-within = Delivered by { $seller } in { $from } to { $to } working days
delivery-unknown = Sent by { $seller }. Shipping and delivery dates are shown before you pay.
delivery-days = { $days ->
    [one] { $days } working day
   *[other] { $days } working days
}
delivery-span = { $from } to { $to } working days
delivery-price-per-kg = { $price }, { $per-kg } more per kilogram beyond the first
delivery-price-free-from = { $price }, free from { $free-from }
delivery-price-per-kg-free-from = { $price }, { $per-kg } more per kilogram beyond the first, free from { $free-from }

# Who makes a product. Below stands the maker's name
maker-label = Made and sold by
maker-shipping = How it is sent
maker-returns = Returns
maker-more = More from { $maker }
maker-all = See all

# What buyers say about a product
reviews-title = What buyers say
reviews-all = { $count ->
    [one] All { $count } review
   *[other] All { $count } reviews
}
# Heard before the number of buyers who gave this many stars
reviews-stars = { $stars ->
    [one] { $stars } star:{" "}
   *[other] { $stars } stars:{" "}
}
review-bought = Bought here
