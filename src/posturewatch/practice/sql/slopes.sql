-- The slope of Theil and Sen, mil a week: the median of all pairs' slopes.
SELECT patient, SUM(slope) / COUNT(*) AS slope
FROM (
  SELECT
    patient, slope,
    ROW_NUMBER() OVER (PARTITION BY patient ORDER BY slope) AS place,
    COUNT(*) OVER (PARTITION BY patient) AS n
  FROM (
    SELECT
      early.patient,
      CAST(late.twice_mil - early.twice_mil AS DOUBLE) / CAST(2 * (late.week - early.week) AS DOUBLE) AS slope
    FROM weeks AS early
    JOIN weeks AS late ON early.patient = late.patient AND early.week < late.week
  ) AS pairs
) AS placed
WHERE 2 * place BETWEEN n AND n + 2
GROUP BY patient
