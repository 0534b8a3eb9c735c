-- Working days are counted by the shop: `domain::pricing::calendar_days`.
drop function souk.after_working_days(date, int);
