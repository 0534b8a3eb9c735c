-- What stands below the name of a category: code of a language to text. Where one is missing, English stands; where that is, nothing.
alter table category add column introductions jsonb not null default '{}' constraint category_introductions_check check (jsonb_typeof(introductions) = 'object');
