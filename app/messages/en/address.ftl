# The fields of a delivery address
name = Full name
country = Country
street = Street and number
add-line2 = Add a flat, floor or company
line2 = Flat, floor or company
city = Town or city
# First of the list, chosen as long as none is
choose-state = Choose the state
choose-province = Choose the province

# What is wrong with a field
error-name = Enter the name on the parcel.
error-street = Enter the street and number.
error-city = Enter the town or city.
error-country = Choose a country we ship to.
error-state = Choose the state.
error-province = Choose the province.
# `label` is the field's name, such as "ZIP code"
error-postal-code = The { $label } is missing or does not fit the country ({ $country }).
error-too-long = At most { $max } characters fit on the label.
error-characters = Use letters, digits and punctuation only.
