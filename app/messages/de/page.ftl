# Auf jeder Seite eines Ladens, der keine echten Zahlungen annimmt
test-payments-label = Testzahlungen
test-payments = Testzahlungen: In diesem Laden fließt kein echtes Geld.
# Am Fuß jeder Seite: Links zu derselben Seite in anderer Sprache und in anderer Währung
language = Sprache
prices-in = Preise in
