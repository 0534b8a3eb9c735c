# Wohin Souk liefert, und wo die Werkstätten sind
us = Vereinigte Staaten
ca = Kanada
at = Österreich
be = Belgien
dk = Dänemark
fr = Frankreich
de = Deutschland
ie = Irland
it = Italien
nl = Niederlande
pt = Portugal
es = Spanien
se = Schweden
gb = Vereinigtes Königreich

# Was Adressen dort verlangen: in den Vereinigten Staaten, in den meisten Ländern, im Vereinigten Königreich, in Irland
zip-code = ZIP-Code
postal-code = Postleitzahl
postcode = Postleitzahl
eircode = Eircode
# In den Vereinigten Staaten, in Kanada
state = Bundesstaat
province = Provinz
