# Die Seite einer Bestellung: Überschrift und Reiter des Browsers
title = Bestellung { $number }
thanks-title = Danke für deine Bestellung
# Gleich nach dem Bezahlen; zwischen den beiden Teilen steht die E-Mail-Adresse
thanks-before-email = Deine Zahlung ist angekommen, und alle Verkäufer packen jetzt ihren Teil. Die Bestellung ist gespeichert unter{" "}
thanks-after-email = ; auf dieser Seite siehst du, wenn etwas unterwegs ist.

# Wie es um eine Bestellung steht, als Plakette
status-pending-payment = Wartet auf Zahlung
status-paid = Bezahlt
status-partially-fulfilled = Teilweise versandt
status-fulfilled = Versandt
status-canceled = Storniert
status-refunded = Erstattet
status-partially-refunded = Teilweise erstattet
status-expired = Nicht rechtzeitig bezahlt

# Was zu tun oder zu wissen ist
payment-checked = Deine Zahlung wird geprüft. Bitte zahle nicht noch einmal.
payment-awaited = Diese Bestellung ist noch nicht bezahlt.
pay-now = Jetzt bezahlen
nothing-charged = Es wurde nichts abgebucht.
to-cart = Zurück zum Warenkorb

# Ein Link, der die Bestellung öffnet, für Gäste
keep-link-title = Bewahre diesen Link auf
keep-link-text = Er öffnet diese Bestellung in jedem Browser. Wer ihn hat, kann die Bestellung sehen – gib ihn also mit Bedacht weiter.

# Darunter: die Felder eines neuen Kontos
account-offer-title = Möchtest du ein Konto?
account-offer-text = Wähle ein Passwort, dann hast du Warenkorb und Bestellungen auf jedem Gerät dabei.

# Angemeldet, mit einer Bestellung als Gast
claim-text = Das hast du als Gast bestellt.
claim = Ins Konto übernehmen
claimed = Die Bestellung ist jetzt in deinem Konto.
not-claimed = Nur der Browser, in dem bestellt wurde, kann diese Bestellung übernehmen, und nur in ein Konto.

# Das Paket eines Verkäufers; dessen Name folgt
parcel-from = Von{" "}
parcel-canceled = Dieser Teil wurde storniert.
# Gesprochen: der Name der Liste der Schritte
parcel-steps = Wie weit das Paket ist
step-ordered = Bestellt
step-awaiting-payment = Wartet auf Zahlung
step-paid = Bezahlt
step-being-packed = Wird gepackt
step-packed = Gepackt
step-partly-shipped = Teilweise versandt
step-shipped = Versandt
step-canceled = Storniert
# Gesprochen, nach einem Schritt
step-is-done = , erledigt
step-is-now = , jetzt
step-is-later = , kommt noch
# $days: „25. bis 28. November“
parcel-arrives = { $shipping }, Ankunft { $days }
# Die Sendungsnummer folgt
parcel-sent = Versandt mit { $carrier } am { $moment }:{" "}

# Neben den Paketen
facts = Über diese Bestellung
cost-title = Was es gekostet hat
refunded = { $amount } erstattet am { $moment }
test-payment = Testzahlung: Es ist kein Geld geflossen.
address-title = Wohin es geht
timeline-title = Was bisher geschah

# Was geschehen ist, darunter jeweils wann
event-order-placed = Bestellung eingegangen
event-payment-requires-action = Zahlung muss noch bestätigt werden
event-payment-authorized = Zahlung von der Bank genehmigt
event-payment-failed = Zahlung von der Bank abgelehnt
event-payment-captured = Zahlung eingegangen
event-payment-canceled = Zahlung abgebrochen, nichts abgebucht
event-payment-partially-refunded = Zahlung teilweise erstattet
event-payment-refunded = Zahlung erstattet
event-payment-disputed = Zahlung angefochten
event-dispute-won = Anfechtung abgewiesen
event-dispute-lost = Anfechtung anerkannt
event-order-paid = Bestellung bestätigt
event-order-partially-shipped = Bestellung teilweise versandt
event-order-shipped = Bestellung versandt
event-order-canceled = Bestellung storniert
event-order-refunded = Bestellung erstattet
event-order-partially-refunded = Bestellung teilweise erstattet
event-order-expired = Nicht rechtzeitig bezahlt
