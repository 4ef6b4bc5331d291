-- numbers.counting: the time at each distance, of the minutes that a day's values are made of.
SELECT
  spoken.patient, spoken.day, median_mil,
  CAST(SUM(measured_cs) AS BIGINT) AS measured_cs,
  CAST(SUM(CASE WHEN se_mil IS NULL THEN 0 ELSE measured_cs END) AS BIGINT) AS se_cs,
  CAST(SUM(CASE WHEN se_mil IS NULL THEN 0 ELSE CAST(se_mil AS BIGINT) * measured_cs END) AS BIGINT) AS se_mil_cs
FROM spoken
JOIN day_quality ON spoken.patient = day_quality.patient AND spoken.day = day_quality.day
WHERE measured_cs > 0 AND NOT (COALESCE(day_quality.tied, FALSE) AND NOT COALESCE(spoken.tied, TRUE))
GROUP BY spoken.patient, spoken.day, median_mil
