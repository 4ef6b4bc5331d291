-- Minutes that speak for themselves (of two computers at once, one does), with what of them carries a number.
SELECT
  patient, day, minute, valid_cs, away_cs, unreliable_cs, paused_cs, off_cs, median_mil, se_mil, calibration, tied,
  CASE WHEN median_mil IS NULL THEN 0 ELSE valid_cs END AS measured_cs,
  CASE WHEN valid_cs + unreliable_cs > 0 THEN minute END AS seen_minute
FROM minutes
WHERE speaks
