-- One that was used after it was made.
update address set used_at = created_at + interval '1 hour';
