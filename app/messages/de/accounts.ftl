# Anmelden
sign-in = Anmelden
email = E-Mail
password = Passwort
# Im Feld des Passworts: was ein Druck bewirkt, und wie es gesprochen wird
show = Zeigen
hide = Verbergen
show-password = Passwort zeigen
hide-password = Passwort verbergen
new-here = Neu hier?
to-register = Konto anlegen
too-many-tries = Zu viele Versuche. Du kannst es in { $minutes ->
        [one] einer Minute
       *[other] { $minutes } Minuten
    } wieder versuchen.

# Ein neues Konto
register-title = Konto anlegen
register-text = Warenkorb und Bestellungen hast du dann auf jedem Gerät dabei.
name = Name
# $length: wie viele Zeichen es mindestens sind
password-hint = Mindestens { $length } Zeichen. Ein paar Wörter ohne Zusammenhang merkst du dir leicht, und sie sind schwer zu erraten.
register = Konto anlegen
have-account = Du hast schon ein Konto?
to-sign-in = Anmelden

# Die eigene Seite
title = Dein Konto
profile-title = Profil
rename-title = Namen ändern
rename = Speichern
renamed = Dein Name ist geändert.
to-sell = Auf Souk verkaufen
to-admin = Verwaltung
sign-out = Abmelden
signed-out = Du bist abgemeldet.

# Ob die E-Mail-Adresse dem gehört, dem das Konto gehört: auf der eigenen Seite, und wohin der gemailte Link führt
is-verified = Bestätigt
is-unverified = Deine E-Mail-Adresse ist noch nicht bestätigt. Öffne den Link in unserer Mail: Was du mit dieser Adresse als Gast bestellt hast, kommt dann in dein Konto.
send-verification = Mail noch einmal schicken
verification-sent = Die Mail ist unterwegs. Nur noch der Link in dieser Mail gilt.
verify-title = E-Mail-Adresse bestätigen
is-verified-title = Adresse bestätigt
verify-text = Ist { $email } deine Adresse? Was damit als Gast bestellt wurde, kommt dann in dein Konto.
verify = Adresse bestätigen
verified = Deine E-Mail-Adresse ist bestätigt.
verified-already = { $email } ist bestätigt.
verified-with-orders = Deine E-Mail-Adresse ist bestätigt. { $count ->
        [one] Eine Bestellung ist in dein Konto gekommen.
       *[other] { $count } Bestellungen sind in dein Konto gekommen.
    }

# Adressen, die das Konto behält
addresses-title = Adressen
add-address = Adresse hinzufügen
change-address = Ändern
# Gesprochen; $street: die erste Zeile der Adresse
change-address-of = { $street } ändern
change-address-title = Adresse ändern
save-address = Adresse speichern
# Führt zurück zum Konto
leave-address = Abbrechen
address-saved = Die Adresse ist gespeichert.
forget-address = Löschen
# Gesprochen; $street: die erste Zeile der Adresse
forget-address-of = { $street } löschen
address-forgotten = Die Adresse ist gelöscht. Bestellungen, die dorthin gingen, behalten sie.

# Die Browser, in denen man angemeldet ist
sessions-title = Wo du angemeldet bist
this-browser = Dieser Browser
last-seen = Zuletzt gesehen am { $moment }
end-session = Abmelden
# Gesprochen; $browser: „Firefox auf Windows“
browser-on-system = { $browser } auf { $system }
some-browser = Ein Browser
end-session-of = { $browser } abmelden
end-other-sessions = Überall sonst abmelden
session-ended-already = Der Browser war schon abgemeldet.
other-sessions-ended = { $count ->
        [one] Ein anderer Browser ist abgemeldet.
       *[other] { $count } andere Browser sind abgemeldet.
    }

# Was bestellt wurde
orders-title = Bestellungen
no-orders-title = Noch keine Bestellungen
no-orders-text = Was du angemeldet bestellst, findest du hier.
browse = Alles ansehen
# $titles: „Becher, Schale, Teller“
titles-and-more = { $titles } und { $more } weitere
newest-orders = Neueste Bestellungen
older-orders = Ältere Bestellungen
# Gesprochen: der Name der beiden Links
order-pages = Seiten der Bestellungen

# Auf Seiten, die nicht für jeden offen sind
to-front-page = Zur Startseite
