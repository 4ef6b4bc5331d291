-- One row for each day of each person, without anything that says who or when.
SELECT
  person,
  day - MIN(day) OVER (PARTITION BY days.patient) + 1 AS day,
  CASE WHEN usable THEN 'yes' ELSE 'no' END AS usable,
  CASE WHEN tied THEN 'yes' WHEN NOT tied THEN 'no' END AS tied,
  CAST(valid_cs / 6000.0 AS DECIMAL(9, 1)) AS valid_min,
  CAST(median_mil / 1000.0 AS DECIMAL(9, 2)) AS median_in,
  CASE WHEN se_cs > 0 THEN CAST(CAST(se_mil_cs AS DOUBLE) / se_cs / 1000 AS DECIMAL(9, 2)) END AS se_in,
  CASE WHEN headache THEN 'yes' WHEN NOT headache THEN 'no' END AS headache,
  worst AS worst_0_10,
  breaks_due,
  breaks_taken
FROM days
JOIN persons ON days.patient = persons.patient
ORDER BY person, day
