-- The change over the span with its 95 % interval, in millionths of an inch.
SELECT
  patient, weeks, days,
  CAST(FLOOR(change_mil * 1000 + 0.5) AS BIGINT) AS change_uin,
  CAST(FLOOR((change_mil - half_mil) * 1000 + 0.5) AS BIGINT) AS low_uin,
  CAST(FLOOR((change_mil + half_mil) * 1000 + 0.5) AS BIGINT) AS high_uin
FROM (
  SELECT
    scatters.patient, weeks, weight_n AS days,
    slope * CAST(length AS DOUBLE) AS change_mil,
    {t_quantile} * SQRT(CAST(scatter + COALESCE(variance, 0) AS DOUBLE) / 1000) AS half_mil
  FROM scatters
  LEFT JOIN calibration_pulls ON scatters.patient = calibration_pulls.patient
) AS judged
