-- quantiles.weighted_quantiles at one half: the smallest distance up to which at least half of the time lies.
SELECT
  patient, day,
  MIN(CASE WHEN 2 * reached_cs >= total_cs THEN median_mil END) AS median_mil,
  CAST(SUM(se_cs) AS BIGINT) AS se_cs,
  CAST(SUM(se_mil_cs) AS BIGINT) AS se_mil_cs
FROM (
  SELECT
    *,
    SUM(measured_cs) OVER (PARTITION BY patient, day ORDER BY median_mil ROWS UNBOUNDED PRECEDING) AS reached_cs,
    SUM(measured_cs) OVER (PARTITION BY patient, day) AS total_cs
  FROM levels
) AS ranked
GROUP BY patient, day
