update category set names = '{"de": "Geschirr"}';
