# Links, die auf mehreren Seiten stehen
to-front-page = Zur Startseite
browse-everything = Alles ansehen

# Der Weg von der Startseite hierher, nur zu hören
breadcrumb = Du bist hier

# Der Knopf eines Dialogs oder einer Schublade, nur zu hören
close = Schließen

# Hinter dem Namen eines Feldes, das leer bleiben darf
optional = freiwillig

# Über einem Formular, das nicht angenommen wurde; die Felder folgen
fields-to-mend = Sieh dir einige Felder noch einmal an.

# Am Ende einer langen Liste
more-results = Weitere Ergebnisse
shown-of = { $shown } von { $total }
show-more = Mehr anzeigen

# Ein herabgesetzter Preis, nur zu hören: „Jetzt 12,00 €, vorher 15,00 €“
price-now = Jetzt{" "}
price-before = , vorher{" "}

# Eine Bewertung, nur zu hören: „4,6 von 5 Sternen“
stars = { $rating } von 5 Sternen

# Warum etwas nicht ging, neben dem, was versucht wurde
unauthorized = Bitte melde dich zuerst an.
forbidden = Das steht dir nicht offen.
not-found = So etwas gibt es hier nicht.
invalid = Das ist nicht richtig angekommen. Lade die Seite neu und versuch es noch einmal.
internal = Bei uns ist etwas schiefgegangen. Wenn es so bleibt, nenne uns die Referenz { $reference }.
unreachable = Souk ist nicht zu erreichen. Prüfe deine Verbindung und versuch es noch einmal.

# Seiten anstelle einer, die sich nicht zeigen lässt
unauthorized-title = Bitte melde dich an
unauthorized-text = Diese Seite sieht nur, wem sie gehört.
forbidden-title = Hier hast du keinen Zutritt
forbidden-text = Dein Konto gehört nicht dazu.
not-found-title = Hier ist nichts
not-found-text = Diese Seite ist umgezogen, ihr letztes Stück ist verkauft, oder es hat sie nie gegeben.
invalid-title = Das hat nicht geklappt
invalid-text = An der Adresse der Seite stimmt etwas nicht.
fault-text = Daran war etwas nicht so, wie es sein soll. Geh zurück und versuch es noch einmal.
fault-other-site = Dieses Formular kam von einer anderen Website. Öffne Souk und versuch es noch einmal.
fault-not-found = Unter dieser Adresse gibt es nichts: Sie ist vertippt, oder der Link gilt nicht mehr.
fault-too-large = Das ist mehr, als hineinpasst.
fault-late-title = Das dauert zu lange
fault-late = Im Moment ist zu viel los. Versuch es gleich noch einmal.
internal-title = Unser Fehler
internal-text = Bei uns ist etwas kaputtgegangen. Es wurde nichts abgebucht, und dein Warenkorb ist sicher. Versuch es gleich noch einmal.
unreachable-title = Keine Verbindung
unreachable-text = Souk ist nicht zu erreichen. Prüfe deine Verbindung und versuch es dann noch einmal.
# Es folgt die Referenz, unter der es in unserem Protokoll steht
reference = Referenz{" "}
