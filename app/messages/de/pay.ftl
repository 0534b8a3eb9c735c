# Wo eine Bestellung bezahlt wird: Reiter des Browsers und Überschrift
title = Zahlung
pay-order = Bestellung { $number } bezahlen
order = Bestellung { $number }
paid = Diese Bestellung ist bezahlt.
see-order = Zu deiner Bestellung

# Wie lange alles zurückgelegt ist: eine Uhr folgt (14:05)
held = Für dich reserviert: noch{" "}
# Dasselbe, gesprochen, wenn wenig Zeit bleibt
held-minutes = Deine Sachen sind noch { $minutes ->
        [one] eine Minute
       *[other] { $minutes } Minuten
    } für dich reserviert.
held-seconds = Deine Sachen sind noch { $seconds } Sekunden für dich reserviert.

# Die Schritte der Kasse; alle bis auf den letzten sind getan
contact = Kontakt
delivery = Lieferung
shipping = Versand
# $days: „25. bis 28. November“
parcel = { $seller }: { $shipping }, Ankunft { $days }
payment = Zahlung

# Das Formular der Zahlung
pay-total = { $total } bezahlen
asking-bank = Wir fragen deine Bank. Das kann einen Moment dauern.
checking = Wir prüfen, ob die Zahlung geklappt hat. Bitte zahle nicht noch einmal: Auf dieser Seite erfährst du es.
refused-title = Die Zahlung hat nicht geklappt
# Der Grund, wo die Bank keinen nennt
refused = Die Zahlung wurde abgelehnt. Es wurde nichts abgebucht.
not-gone-through = Sie ging nicht durch, und es wurde nichts abgebucht.
# Nach dem Grund
still-held = Deine Bestellung ist weiter reserviert: Du kannst noch einmal bezahlen, mit dieser oder einer anderen Karte.

# Der Weg zur Seite des Zahlungsanbieters
hosted-text = Deine Kartendaten gibst du auf der Seite unseres Zahlungsanbieters ein. Sie bringt dich danach hierher zurück.
hosted-text-instead = Das Zahlungsformular lässt sich hier nicht anzeigen. Auf der Seite unseres Zahlungsanbieters geht es genauso, und sie bringt dich hierher zurück.
hosted-pay = Auf der sicheren Zahlungsseite bezahlen

# Es ist nichts mehr zu bezahlen, oder nicht jetzt
time-over = Die Zeit zum Bezahlen ist um
late-text = Wir fragen die Bank, ob du bezahlt hast. Bitte zahle nicht noch einmal: Schau gleich wieder hier vorbei.
look-again = Noch einmal nachsehen
expired-text = Deine Sachen sind nicht mehr reserviert, und es wurde nichts abgebucht. In deinem Warenkorb ist noch alles: Bestell einfach noch einmal, wenn du so weit bist.
canceled-title = Diese Bestellung wurde storniert
canceled-text = Es wurde nichts abgebucht.
to-cart = Zurück zum Warenkorb

# Nach der Bank, solange niemand weiß, ob die Zahlung geklappt hat
return-title = Deine Zahlung wird geprüft
return-heading = Wir prüfen deine Zahlung
return-text = Bitte zahle nicht noch einmal. Deine Bank hat uns noch nicht gesagt, ob es geklappt hat; sobald wir es wissen, geht es hier von selbst weiter.
return-order = Bestellung { $number }
check-again = Noch einmal prüfen

# An der Kasse: warum nicht bestellt wurde
mend-in-cart = Im Warenkorb ändern
total-changed = Statt { $before } sind es jetzt { $now }. Bestellt ist noch nichts: Wenn du einverstanden bist, drück noch einmal auf den Knopf.
total-now = Es sind jetzt { $now }. Bestellt ist noch nichts: Wenn du einverstanden bist, drück noch einmal auf den Knopf.
# Was knapp ist, Zeile für Zeile; $title kann der nächste Text sein
unnamed-thing = Eine deiner Sachen
sold-out = { $title }: ausverkauft.
only-left = { $title }: nur noch { $available } vorrätig.
more-short = … und { $more } weitere.

# Warum die Bank abgelehnt hat
declined = Deine Karte wurde abgelehnt.
declined-funds = Dein Konto ist dafür nicht ausreichend gedeckt.
declined-expired = Deine Karte ist abgelaufen.
declined-security-code = Die Prüfnummer deiner Karte stimmt nicht.
declined-processing = Beim Verarbeiten deiner Karte ist ein Fehler aufgetreten. Versuch es gleich noch einmal.
declined-authentication = Deine Bank konnte nicht bestätigen, dass du es bist. Es wurde nichts abgebucht.
