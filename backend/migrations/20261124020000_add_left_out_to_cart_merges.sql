-- What of a guest's cart found no room in the account's: told with the rest of the merge, so that nothing vanishes silently.
alter table cart_merge add column left_out uuid[] not null default '{}';
