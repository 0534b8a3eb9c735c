select souk.after_working_days('2026-11-20', 1);
