-- A mail that waits with its job, one that was handed over, and the link in the first.
insert into email_verification (email_verification_id, user_id, email, token_hash, expires_at)
    values ('00000000-0000-0000-0000-000000000070', '00000000-0000-0000-0000-000000000001', 'ada@example.org', '\x07', souk.clock() + interval '24 hours');
insert into mail (mail_id, subject_id, kind, address, market, content, handed_over_at) values
    ('00000000-0000-0000-0000-000000000071', '00000000-0000-0000-0000-000000000070', 'email_verification', 'ada@example.org', '/de', '{"kind": "email_verification"}', null),
    ('00000000-0000-0000-0000-000000000072', '00000000-0000-0000-0000-00000000006f', 'email_verification', 'ada@example.org', '', '{"kind": "email_verification"}', souk.clock());
insert into job (job_id, kind, subject_id, run_at) values ('00000000-0000-0000-0000-000000000073', 'mail', '00000000-0000-0000-0000-000000000071', souk.clock());
