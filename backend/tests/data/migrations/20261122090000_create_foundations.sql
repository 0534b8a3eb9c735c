-- An account with its buyer and its session, a guest's buyer, and one of everything that waits.
insert into app_user (user_id, email, name, is_admin) values ('00000000-0000-0000-0000-000000000001', 'ada@example.org', 'Ada', false), ('00000000-0000-0000-0000-000000000002', 'admin@example.org', 'Admin', true);
insert into identity (user_id, provider, subject, secret) values ('00000000-0000-0000-0000-000000000001', 'password', '00000000-0000-0000-0000-000000000001', '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA');
insert into session (session_id, token_hash, user_id, expires_at) values ('00000000-0000-0000-0000-000000000003', '\x01', '00000000-0000-0000-0000-000000000001', souk.clock() + interval '30 days');
insert into refresh_token (token_hash, family_id, user_id, audience, expires_at) values ('\x02', '00000000-0000-0000-0000-000000000004', '00000000-0000-0000-0000-000000000001', 'shop', souk.clock() + interval '30 days');
insert into buyer (buyer_id, user_id, email) values ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000001', 'ada@example.org'), ('00000000-0000-0000-0000-000000000006', null, 'guest@example.org');
insert into address (address_id, buyer_id, name, line1, city, region, postal_code, country) values ('00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000005', 'Ada', '1 Way', 'Newark', 'NJ', '07114', 'US');
insert into event (kind, subject_id, payload) values ('user_registered', '00000000-0000-0000-0000-000000000001', '{"kind": "user_registered", "user": "00000000-0000-0000-0000-000000000001"}');
insert into event_cursor (consumer) values ('mail');
insert into inbox (consumer, event_id) values ('mail', 1);
insert into dead_letter (consumer, event_id, attempts, error) values ('mail', 1, 5, 'no such host');
insert into job (job_id, kind, subject_id, run_at) values ('00000000-0000-0000-0000-000000000008', 'forget_events', '00000000-0000-0000-0000-000000000000', souk.clock());
insert into audit_log (actor_id, action) values ('00000000-0000-0000-0000-000000000002', 'seeded');
