# Warum der Laden Nein sagt. Konten
email-taken = Zu dieser E-Mail-Adresse gibt es schon ein Konto. Melde dich stattdessen an.
invalid-email = Das ist keine E-Mail-Adresse.
invalid-name = Gib deinen Namen ein, mit höchstens 100 Zeichen.
password-too-short = Nimm mindestens { $min } Zeichen; ein paar Wörter hintereinander genügen.
password-too-long = Nimm höchstens { $max } Zeichen.
password-guessable = Dieses Passwort ist zu leicht zu erraten. Nimm ein paar Wörter, die nichts miteinander zu tun haben.
invalid-credentials = Die E-Mail-Adresse oder das Passwort stimmt nicht.
too-many-tries = Zu viele Versuche. Warte ein wenig und versuch es dann noch einmal.
link-invalid = Dieser Link gilt nicht mehr. Er gilt einmal, einen Tag lang und in dem Konto, für das er verschickt wurde.

# Der Warenkorb
cart-not-found = Diesen Warenkorb gibt es nicht mehr.
sold-out = Das ist ausverkauft.
only-left = Nur noch { $available } vorrätig.
quantity-limit = Davon passen höchstens { $max } in den Warenkorb.
line-limit = Der Warenkorb ist voll: Mehr als { $max } verschiedene Dinge fasst er nicht.
variant-not-found = Das ist nicht mehr im Angebot.
cart-unavailable = Dein Warenkorb ist gerade nicht zu erreichen. Es geht nichts verloren: Versuch es bald noch einmal.

# Ein Gutschein; `min-goods` ist ein Betrag
coupon-invalid = Diesen Gutschein gibt es nicht.
coupon-expired = Dieser Gutschein ist abgelaufen.
coupon-min-goods = Dieser Gutschein gilt ab einem Warenwert von { $min-goods }.
coupon-not-applicable = Dieser Gutschein gilt nicht für das, was im Warenkorb liegt.
coupon-used-up = Dieser Gutschein ist aufgebraucht.

# Die Kasse; `sellers` sind ein Name oder mehrere, `least` und `most` Beträge
cart-empty = Dein Warenkorb ist leer.
out-of-stock = Etwas davon ist nicht mehr vorrätig.
total-changed = Der Gesamtbetrag hat sich geändert. Sieh ihn dir bitte noch einmal an.
order-pending = Das hast du schon bestellt. Die Bestellung wartet auf die Zahlung.
cart-payment-in-progress = Für diesen Warenkorb läuft gerade eine Zahlung. Zahle nicht noch einmal.
shipping-option-unknown = Diese Versandart gibt es für diese Adresse nicht.
not-shipped = Kein Versand an diese Adresse: { $sellers }.
line-withdrawn = Etwas im Warenkorb ist nicht mehr im Angebot. Entferne es, um weiterzukommen.
total-too-small = Dieser Betrag lässt sich nicht bezahlen: Die kleinste Zahlung ist { $least }.
total-too-large = Dieser Betrag lässt sich nicht bezahlen: Die größte Zahlung ist { $most }.
total-not-a-step = Dieser Betrag lässt sich nicht bezahlen: Zahlungen in { $currency } enden auf eine Null.

# Das Bezahlen einer Bestellung
already-paid = Diese Bestellung ist schon bezahlt.
payment-in-progress = Für diese Bestellung läuft gerade eine Zahlung. Zahle nicht noch einmal; diese Seite zeigt, wie es ausgeht.
order-expired = Die Zeit, diese Bestellung zu bezahlen, ist um. In deinem Warenkorb liegt noch alles.
order-canceled = Diese Bestellung wurde storniert.
payment-method-invalid = Diese Zahlungsart lässt sich nicht verwenden.
gateway-unavailable = Bezahlen geht gerade nicht. Es wurde nichts abgebucht.
