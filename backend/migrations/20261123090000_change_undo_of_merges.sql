-- `undo` holds each variant that grew with its units before and after, no longer all that the cart held before: what was changed
-- since stays. A merge noted in the old way cannot be undone any more.
update cart_merge set undone_at = souk.clock() where undone_at is null;
