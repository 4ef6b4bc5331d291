-- One row for each patient.
SELECT
  span_sums.patient, first_day, last_day, usable_days, tied_days, comparable_days,
  headache_days, answered_days, aches_then, answers_then, aches_now, answers_now,
  ndi_then, ndi_now, hit6_then, hit6_now,
  median_mil,
  CASE WHEN se_cs > 0 THEN CAST(FLOOR(CAST(se_mil_cs AS DOUBLE) / CAST(se_cs AS DOUBLE) * 1000 + 0.5) AS BIGINT) END
    AS se_uin,
  change_uin, low_uin, high_uin,
  CASE WHEN change_uin IS NULL THEN COALESCE(missing_days, {weeks_of_a_trend} * {days_a_week}) ELSE 0 END AS missing_days,
  breaks_due, breaks_taken, exercises_offered, exercises_done, exercises_worse, checks, check_day
FROM span_sums
LEFT JOIN span_medians ON span_sums.patient = span_medians.patient
LEFT JOIN score_ends ON span_sums.patient = score_ends.patient
LEFT JOIN changes ON span_sums.patient = changes.patient
LEFT JOIN missing_days ON span_sums.patient = missing_days.patient
ORDER BY patient
