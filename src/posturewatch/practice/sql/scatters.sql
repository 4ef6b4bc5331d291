-- change._scatter, in thousandths of a squared mil: each week at least by the tool's own error of a day.
SELECT
  patient, weeks, weight_n, length, slope,
  CAST(SUM(CAST(FLOOR(
    weight * weight * GREATEST(seen, {day_variance} / CAST(n AS DOUBLE)) * 1000 + 0.5
  ) AS BIGINT)) AS BIGINT) AS scatter
FROM (
  SELECT
    *,
    CAST(SUM(n) OVER (PARTITION BY patient) AS BIGINT) AS weight_n,
    CAST(SUM(CAST(FLOOR(off * off * 1000 + 0.5) AS BIGINT)) OVER (PARTITION BY patient) AS DOUBLE)
      / 1000 / (weeks - 2) * {alike_squared} AS seen
  FROM trends
  WHERE weeks >= {weeks_of_a_trend}
) AS spread
GROUP BY patient, weeks, weight_n, length, slope
