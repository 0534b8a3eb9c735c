-- Housekeeping finds what is to be forgotten without reading what stays. Each row leaves its index when it has been dealt
-- with, so that the index is as long as what is still to come.

create index webhook_event_body on webhook_event (handled_at) where body <> '';
create index order_link_expires_at on order_link (expires_at);
create index order_token_expires_at on order_token (expires_at) where expires_at is not null;
-- A purchase whose shopper has been forgotten has no e-mail address.
create index checkout_saga_ended on checkout_saga (updated_at) where state in ('done', 'undone') and input ->> 'email' <> '';
