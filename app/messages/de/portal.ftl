# Die Bereiche für Verkäufer und für die Verwaltung, auf beiden Seiten
nothing-yet-title = Hier gibt es noch nichts zu tun
to-front-page = Zur Startseite

# Für Verkäufer
sell-title = Auf Souk verkaufen
sell-heading = Dein Laden
sell-nothing-yet = Hier findest du künftig deine Produkte, deinen Bestand, Bestellungen zum Verschicken und Auszahlungen.
sell-closed-title = Dieser Bereich ist für Verkäufer
sell-closed-text = Dein Konto gehört zu keinem Verkäufer auf Souk. Melde dich mit einem passenden Konto an oder stöbere weiter.

# Für die Verwaltung
admin-title = Verwaltung
admin-nothing-yet = Hier geht es künftig um Moderation, Verkäufer, Streitfälle, Erstattungen und den Zustand des Marktplatzes.
admin-closed-title = Dieser Bereich ist für die Verwaltung
admin-closed-text = Dein Konto gehört nicht zur Verwaltung des Marktplatzes. Melde dich mit einem passenden Konto an oder stöbere weiter.
