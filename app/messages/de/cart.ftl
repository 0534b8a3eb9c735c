# Neben einem Produkt: wie viele, und der Knopf
quantity = Menge
add = In den Warenkorb

# Die Seite des Warenkorbs, und die Schublade, die neben jeder Seite aufgeht; `count` ist die Zahl der Stücke darin
title = Dein Warenkorb
title-with-count = Dein Warenkorb ({ $count })
view = Warenkorb ansehen
to-checkout = Zur Kasse
drawer-empty-title = Noch nichts drin
drawer-empty-text = Was du hineinlegst, wartet hier auf dich.
empty-title = Dein Warenkorb ist leer
empty-text = Was du hineinlegst, wartet hier wochenlang auf dich.
see-new = Neues entdecken
browse-everything = Alles ansehen
# Überschrift der Zeilen, nur zu hören
contents = Inhalt
summary = Übersicht

# Die Zeilen eines Verkäufers: zu hören, und zu sehen vor dem Namen, der ein Link ist
seller-group = Von { $seller }
from-seller = Von{" "}

# Die Knöpfe einer Zeile; die mit Titel sind nur zu hören
quantity-of = Menge: { $title }
one-fewer = Eins weniger: { $title }
one-more = Eins mehr: { $title }
remove = Entfernen
remove-line = Entfernen: { $title }

# Hinweise an einer Zeile; `now` und `was` sind Preise
price-changed = Jetzt { $now }, beim Hineinlegen waren es { $was }.
insufficient-stock = Nur noch { $available } vorrätig. Verringere die Menge, dann geht es weiter.
out-of-stock = Ausverkauft. Entferne es, dann geht es weiter.
not-in-currency = Nicht in { $currency } zu haben. Wähle am Fuß der Seite eine andere Währung oder entferne es, dann geht es weiter.
withdrawn = Nicht mehr im Angebot. Entferne es, dann geht es weiter.

# Was es kostet, hier, an der Kasse und bei einer Bestellung
subtotal = Zwischensumme
discount = Rabatt
# $code: of the coupon
discount-by = Rabatt, { $code }
# What one of several in a line costs
each = { $price } pro Stück
shipping = Versand
tax = Steuer
total = Gesamt
# Solange Versand und Steuern noch dazukommen
total-so-far = Summe bisher
# Anstelle eines Betrags, der erst an der Kasse feststeht
at-checkout = an der Kasse
blocked = Etwas im Warenkorb lässt sich so nicht kaufen. Beachte die Hinweise bei den Artikeln.
no-account-needed = Du brauchst kein Konto.
nothing-charged-yet = Noch wird nichts abgebucht.

# Der Gutschein, im Warenkorb und an der Kasse
coupon-open = Hast du einen Gutschein?
coupon-code = Code
coupon-apply = Einlösen
coupon-entered = Der Gutschein liegt in deinem Warenkorb.
coupon-removed = Der Gutschein wurde entfernt.

# Was gerade geschehen ist, als Hinweis auf der Seite
added = Liegt jetzt in deinem Warenkorb.
line-removed = Aus deinem Warenkorb entfernt.
up-to-date = Dein Warenkorb ist auf dem neuesten Stand.
removed = „{ $title }“ wurde entfernt.
undo = Rückgängig
# Nach dem Anmelden: `titles` sind die Dinge, die vorher im Warenkorb lagen, mit Kommas dazwischen
merged = Vor dem Anmelden hineingelegt: { $titles }.
merge-left-out = Nicht übernommen, denn in einen Warenkorb passen { $max } verschiedene Dinge: { $titles }.
merge-undone = Dein Warenkorb ist wieder wie vor dem Anmelden.

# Was gerade geschehen ist, nur zu hören
said-added = „{ $title }“ liegt jetzt im Warenkorb.
said-removed = „{ $title }“ wurde aus dem Warenkorb entfernt.
said-quantity = { $title }: Menge { $quantity }.
said-back = „{ $title }“ liegt wieder im Warenkorb.
