-- change.judge_change: the usable tied days of the span, by the week (from Monday) that they lie in.
SELECT
  days.patient, day, median_mil,
  CAST(FLOOR(CAST(day - (first_day - (first_day + 3) % 7) AS DOUBLE) / 7) AS INT) AS week
FROM days
JOIN spans ON days.patient = spans.patient
WHERE day BETWEEN first_day AND last_day AND usable AND tied AND median_mil IS NOT NULL
