-- The day that comes so many working days, Monday to Friday, after another. What is sent on a weekend travels from Monday on.
create function souk.after_working_days(start date, days int) returns date
language sql immutable strict as $$
    select greatest(start, start - greatest(weekday - 5, 0) + days + 2 * ((least(weekday, 5) - 1 + days) / 5))
    from (select extract(isodow from start)::int as weekday) as today
$$;
