january = January
february = February
march = March
april = April
may = May
june = June
july = July
august = August
september = September
october = October
november = November
december = December

# 25 November 2026
date = { $day } { $month } { $year }
# 25 November
day = { $day } { $month }
# 25 to 28 November
days-of-month = { $first } to { $last } { $month }
# 30 November to 2 December; each end may have a year
range = { $first } to { $last }
# 25 November 2026, 09:05 UTC
moment = { $date }, { $time } UTC
