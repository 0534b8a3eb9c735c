# Titel der Startseite im Tab des Browsers
title = Souk, ein Markt der kleinen Werkstätten

# Der Kopf jeder Seite; das erste erscheint, wenn man die Seite mit der Tastatur durchgeht
skip = Zum Inhalt springen
# Was der Name des Ladens für die ist, die ihn hören
home-label = Souk, zur Startseite
search-label = Souk durchsuchen
search-placeholder = Töpfe, Lampen, Leinen …
# Der Knopf, nur zu hören
search = Suchen
to-dark = Zu dunklen Farben wechseln
to-light = Zu hellen Farben wechseln
# Anstelle des Namens, solange niemand angemeldet ist
account = Konto
# Hier und am Fuß
cart = Warenkorb
# Die obersten Kategorien, nur zu hören
departments = Kategorien

# Der Fuß jeder Seite
about = Ein Markt der kleinen Werkstätten. Ein Warenkorb, eine Zahlung, und jedes Paket kommt aus den Händen, die seinen Inhalt gemacht haben.
shop = Stöbern
everything = Alles
new-in = Neu
ready-to-ship = Sofort lieferbar
# Nur zu hören, für das, was unter dem nächsten steht
purchases = Deine Einkäufe
yours = Dein Bereich
account-and-orders = Konto und Bestellungen
# Nur zu hören
marketplace = Der Marktplatz
sell-here = Hier verkaufen
# Führt zur Beschreibung der API
for-programs = Für Programme
prices = Die Preise machen die Werkstätten. Versand und Steuer siehst du, bevor du zahlst.
