# Where Souk ships to, and where its makers are
us = United States
ca = Canada
at = Austria
be = Belgium
dk = Denmark
fr = France
de = Germany
ie = Ireland
it = Italy
nl = Netherlands
pt = Portugal
es = Spain
se = Sweden
gb = United Kingdom

# What addresses there ask for: in the United States, in most countries, in the United Kingdom, in Ireland
zip-code = ZIP code
postal-code = Postal code
postcode = Postcode
eircode = Eircode
# In the United States, in Canada
state = State
province = Province
