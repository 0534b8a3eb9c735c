-- A category is named by the shop, so it is named in each of its languages: code to name. `name` stands where one is missing.
alter table category add column names jsonb not null default '{}' constraint category_names_check check (jsonb_typeof(names) = 'object');
