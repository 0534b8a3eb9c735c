update category set introductions = '{"en": "To eat and drink from.", "de": "Zum Essen und Trinken."}';
