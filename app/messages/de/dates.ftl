january = Januar
february = Februar
march = März
april = April
may = Mai
june = Juni
july = Juli
august = August
september = September
october = Oktober
november = November
december = Dezember

# 25. November 2026
date = { $day }. { $month } { $year }
# 25. November
day = { $day }. { $month }
# 25. bis 28. November
days-of-month = { $first }. bis { $last }. { $month }
# 30. November bis 2. Dezember; an jedem Ende kann ein Jahr stehen
range = { $first } bis { $last }
# 25. November 2026, 09:05 UTC
moment = { $date }, { $time } UTC
