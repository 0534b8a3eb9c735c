title = Kasse
# Unter „Dein Warenkorb ist leer“
empty-text = Leg etwas hinein, dann kannst du es hier bestellen.

# Ein Satz um den Link zum Anmelden herum
sign-in-before = Du brauchst kein Konto.{" "}
sign-in = Melde dich an
sign-in-after = , wenn du eins hast.

# Öffnet eine Liste der Adressen des Kontos
other-addresses = An eine andere deiner Adressen schicken

# Die Schritte
step-contact = Kontakt
step-delivery = Lieferung
step-shipping = Versand

# Schritt 1
email = E-Mail
email-hint = Für die Bestätigung und Nachrichten zu deinen Paketen, sonst für nichts.

# Schritt 3; `days` ist ein Zeitraum; auf `parcel-from` folgt der Name des Verkäufers
shipping-later = Versandarten und Gesamtbetrag erscheinen hier, sobald die Adresse vollständig ist.
parcel-from = Paket von{" "}
arrives = Ankunft: { $days }
# Anstelle eines Preises
free = Kostenlos

# Der Knopf, und was darunter steht
continue-to-shipping = Weiter zum Versand
continue-to-payment = Weiter zur Zahlung · { $total }
nothing-charged = Noch wird nichts abgebucht: Du zahlst im nächsten Schritt, und so lange ist alles für dich reserviert.

# Was an einem Feld nicht stimmt
error-email = Gib deine E-Mail-Adresse ein, etwa name@example.org.

# Die Bestellung neben dem Formular
order-summary = Deine Bestellung
quantity = Menge { $quantity }
tax-included = Steuer, inbegriffen
# Anstelle eines Betrags, der von der Adresse abhängt
after-address = Je nach Adresse
# Nur zu hören, wenn sich die Beträge geändert haben
said-totals = Versand { $shipping }, Steuer { $tax }, gesamt { $total }.
