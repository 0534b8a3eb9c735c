# Die Startseite
home-description = Ein Markt kleiner Werkstätten: Geschirr, Lampen, Leinen, Taschen, Papier und Spielzeug von den Menschen, die es machen.
hero-title = Von Hand gemacht, direkt aus der Werkstatt
hero-text = Kleine Werkstätten unter einem Dach: Keramik, Lampen, Leinen, Leder, Papier und Dinge zum Spielen. Ein Warenkorb, eine Zahlung.
hero-newest = Neues entdecken
hero-makers = Werkstätten kennenlernen
# Was das Bild zeigt, für alle, die es nicht sehen
hero-picture = Eine Markthalle mit gestreiften Markisen: unter drei Bögen Stände mit Töpfen, Lampen, Stoffen und Pflanzen.
departments-title = Kategorien
newest-title = Frisch auf dem Markt
newest-all = Alles Neue
best-selling-title = Was andere mit nach Hause nehmen
makers-title = Die Werkstätten
makers-text = Jeder Verkäufer hier hat eine Werkstatt mit einer Tür, durch die man gehen kann. Nichts kommt vom Zwischenhändler, hinter allem stecken Hände.

# Auf mehreren Seiten
browse-everything = Alles ansehen
# Wie viele Produkte eine Kategorie oder Liste hat
things = { $count ->
    [one] { $count } Produkt
   *[other] { $count } Produkte
}
review-count = { $count ->
    [one] { $count } Bewertung
   *[other] { $count } Bewertungen
}
# Schild an einem Produkt der Liste; auf seiner Seite die Schaltfläche, die es sonst kauft
sold-out = Ausverkauft

# Ein Produkt in einer Liste
reduced = Reduziert
# Vor dem Preis, wenn andere Varianten mehr kosten
price-from = ab{" "}

# Listen: eine Kategorie, Antworten auf eine Suche, ein Verkäufer
category-description = { $category } aus den Werkstätten von Souk.
subcategories = Unterkategorien
seller-description = { $seller } auf Souk.
question-title = Ergebnisse für „{ $question }“
everything-title = Alles
# Dazwischen steht ein Link: die Suche, wie sie wohl gemeint war
corrected-before = Meintest du{" "}
corrected-after = ?
results = Ergebnisse
# Beschriftung der Auswahl und Schaltfläche, die sie anwendet
sort = Sortieren
sort-relevance = Beste Treffer
sort-newest = Neueste zuerst
sort-price-up = Preis aufsteigend
sort-rating = Beste Bewertung
sort-price-down = Preis absteigend
# Wird vorgelesen, wenn eine Liste gewachsen ist
more-shown = { $count ->
    [one] { $count } weiteres wird gezeigt.
   *[other] { $count } weitere werden gezeigt.
}

# Eine leere Liste, und was helfen könnte
nothing-found = Nichts gefunden
nothing-filtered = Auf all diese Filter zusammen passt nichts. Nimm einen weg oder fang ohne Filter neu an.
nothing-for-question = Wir haben in Titeln, Werkstätten und Beschreibungen nach „{ $question }“ gesucht. Vielleicht hilft ein kürzeres oder allgemeineres Wort.
nothing-here = Hier gibt es im Moment nichts.
filters-clear = Filter entfernen
front-page = Startseite

# Filter einer Liste
filters = Filter
# Klappt sie auf dem Telefon auf
filters-open = Filtern
# Schließt sie auf dem Telefon; darin steht, wie viel gefunden ist
filters-show = { $things } zeigen
filters-none = Nichts gefunden. Schließen
# Klappt den Rest einer Gruppe auf
filter-more = { $count } weitere
filter-in-stock = Nur sofort lieferbar
filter-category = Kategorie
filter-rating = Bewertung
# Ein Filter nach Sternen, in der Liste und wo er gesetzt ist
rating-from = ab { $stars ->
    [one] { $stars } Stern
   *[other] { $stars } Sternen
}
filter-seller = Verkäufer
# Jede Kategorie, jeder Verkäufer
filter-all = Alle
filter-price = Preis in { $currency }
filter-price-min = Von
filter-price-max = Bis
filters-apply = Anwenden

# Die gesetzten Filter, jeder mit einer Schaltfläche, die ihn entfernt
applied-label = Gesetzte Filter
applied-remove = Filter „{ $filter }“ entfernen
applied-min-price = ab { $price }
applied-max-price = bis { $price }
applied-in-stock = Sofort lieferbar
applied-clear = Alle entfernen

# Die Bilder eines Produkts
pictures = Bilder
pictures-strip = Bilder, mit den Pfeiltasten zu bewegen
picture-before = Voriges Bild
picture-next = Nächstes Bild
picture-enlarge = Vergrößern
picture-closer = Näher ansehen
picture-enlarged = Das Bild, vergrößert
picture-of = Bild { $place } von { $count }

# Ein Produkt kaufen
product-description = { $product } von { $maker }, zu kaufen auf Souk.
# Zu hören nach dem Wert einer Option, den es nicht gibt
value-missing = {" "}(nicht zusammen mit deiner übrigen Auswahl)
value-sold-out = {" "}(ausverkauft)
stock-good = Vorrätig
stock-low = Nur noch { $count } vorrätig
stock-out = Zurzeit ausverkauft
promise = Du kannst als Gast kaufen. Deine Kartendaten kommen nie auf unsere Server.
# Was ein Kilogramm, ein Liter oder ein Meter davon kostet
unit-price = { $price } / { $unit }
# Vor der Artikelnummer
item = Artikelnummer{" "}
# Namen von Optionen, die Verkäufer am häufigsten verwenden
option-colour = Farbe
option-length = Länge
option-material = Material
option-size = Größe
about-title = Beschreibung

# Wie lange ein Paket unterwegs ist, und was das kostet
delivered-in = { $seller } liefert in { $days ->
    [one] { $days } Werktag
   *[other] { $days } Werktagen
}
delivered-within = { $seller } liefert in { $from } bis { $to } Werktagen
delivery-unknown = Versand durch { $seller }. Versandkosten und Liefertermine siehst du, bevor du bezahlst.
delivery-days = { $days ->
    [one] { $days } Werktag
   *[other] { $days } Werktage
}
delivery-span = { $from } bis { $to } Werktage
delivery-price-per-kg = { $price }, je weiteres Kilogramm { $per-kg } mehr
delivery-price-free-from = { $price }, ab { $free-from } kostenlos
delivery-price-per-kg-free-from = { $price }, je weiteres Kilogramm { $per-kg } mehr, ab { $free-from } kostenlos

# Wer ein Produkt macht. Darunter steht der Name der Werkstatt
maker-label = Gemacht und verkauft von
maker-shipping = So wird verschickt
maker-returns = Rückgabe
maker-more = Mehr von { $maker }
maker-all = Alle ansehen

# Was Käufer über ein Produkt sagen
reviews-title = Das sagen Käufer
reviews-all = { $count ->
    [one] { $count } Bewertung zeigen
   *[other] Alle { $count } Bewertungen
}
# Zu hören vor der Zahl der Käufer, die so viele Sterne gaben
reviews-stars = { $stars ->
    [one] { $stars } Stern:{" "}
   *[other] { $stars } Sterne:{" "}
}
review-bought = Hier gekauft
