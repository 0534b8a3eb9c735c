# Die Felder einer Lieferadresse
name = Vor- und Nachname
country = Land
street = Straße und Hausnummer
add-line2 = Wohnung, Stockwerk oder Firma hinzufügen
line2 = Wohnung, Stockwerk oder Firma
city = Ort
# Steht zuoberst in der Liste, bis etwas gewählt ist
choose-state = Wähle den Bundesstaat
choose-province = Wähle die Provinz

# Was an einem Feld nicht stimmt
error-name = Gib den Namen ein, der auf dem Paket stehen soll.
error-street = Gib Straße und Hausnummer ein.
error-city = Gib den Ort ein.
error-country = Wähle ein Land, in das wir liefern.
error-state = Wähle den Bundesstaat.
error-province = Wähle die Provinz.
# `label` ist der Name des Feldes, etwa „Postleitzahl“; sein Geschlecht und der Artikel des Landes sind verschieden
error-postal-code = { $label } fehlt oder passt nicht zum Land ({ $country }).
error-too-long = Auf das Etikett passen höchstens { $max } Zeichen.
error-characters = Verwende nur Buchstaben, Ziffern und Satzzeichen.
