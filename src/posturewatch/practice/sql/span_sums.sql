-- What is counted over the span. Then: its first {then_and_now_days} days; now: its last.
SELECT
  days.patient, first_day, last_day,
  CAST(SUM(CASE WHEN usable THEN 1 ELSE 0 END) AS BIGINT) AS usable_days,
  CAST(SUM(CASE WHEN usable AND tied THEN 1 ELSE 0 END) AS BIGINT) AS tied_days,
  CAST(SUM(CASE WHEN usable AND COALESCE(tied, TRUE) THEN 1 ELSE 0 END) AS BIGINT) AS comparable_days,
  CAST(SUM(CASE WHEN usable AND COALESCE(tied, TRUE) THEN se_mil_cs ELSE 0 END) AS BIGINT) AS se_mil_cs,
  CAST(SUM(CASE WHEN usable AND COALESCE(tied, TRUE) THEN se_cs ELSE 0 END) AS BIGINT) AS se_cs,
  CAST(SUM(CASE WHEN headache AND day < first_day + {then_and_now_days} THEN 1 ELSE 0 END) AS BIGINT) AS aches_then,
  CAST(SUM(CASE WHEN headache IS NOT NULL AND day < first_day + {then_and_now_days} THEN 1 ELSE 0 END) AS BIGINT)
    AS answers_then,
  CAST(SUM(CASE WHEN headache AND day > last_day - {then_and_now_days} THEN 1 ELSE 0 END) AS BIGINT) AS aches_now,
  CAST(SUM(CASE WHEN headache IS NOT NULL AND day > last_day - {then_and_now_days} THEN 1 ELSE 0 END) AS BIGINT)
    AS answers_now,
  CAST(SUM(CASE WHEN headache THEN 1 ELSE 0 END) AS BIGINT) AS headache_days,
  CAST(SUM(CASE WHEN headache IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS answered_days,
  CAST(SUM(breaks_due) AS BIGINT) AS breaks_due,
  CAST(SUM(breaks_taken) AS BIGINT) AS breaks_taken,
  CAST(SUM(exercises_offered) AS BIGINT) AS exercises_offered,
  CAST(SUM(exercises_done) AS BIGINT) AS exercises_done,
  CAST(SUM(exercises_worse) AS BIGINT) AS exercises_worse,
  CAST(SUM(checks) AS BIGINT) AS checks,
  MAX(CASE WHEN checks > 0 THEN day END) AS check_day
FROM days
JOIN spans ON days.patient = spans.patient
WHERE day BETWEEN first_day AND last_day
GROUP BY days.patient, first_day, last_day
