-- The report's median: that of the minutes of all comparable days (usable, not known to be untied) of the span.
SELECT
  patient,
  MIN(CASE WHEN 2 * reached_cs >= total_cs THEN median_mil END) AS median_mil
FROM (
  SELECT
    patient, median_mil,
    SUM(measured_cs) OVER (PARTITION BY patient ORDER BY median_mil ROWS UNBOUNDED PRECEDING) AS reached_cs,
    SUM(measured_cs) OVER (PARTITION BY patient) AS total_cs
  FROM (
    SELECT levels.patient, levels.median_mil, CAST(SUM(measured_cs) AS BIGINT) AS measured_cs
    FROM levels
    JOIN days ON levels.patient = days.patient AND levels.day = days.day
    JOIN spans ON levels.patient = spans.patient
    WHERE levels.day BETWEEN first_day AND last_day AND usable AND COALESCE(days.tied, TRUE)
    GROUP BY levels.patient, levels.median_mil
  ) AS joined
) AS ranked
GROUP BY patient
