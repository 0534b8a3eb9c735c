-- An account's addresses are offered with the one first that was used last.
alter table address add used_at timestamptz not null default souk.clock();
