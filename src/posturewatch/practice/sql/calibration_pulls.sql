-- change._calibrations, in thousandths of a squared mil: what the calibrations' own errors bring.
SELECT
  patient,
  CAST(SUM(CAST(FLOOR(pull * pull * repeatability_mil * repeatability_mil * 1000 + 0.5) AS BIGINT)) AS BIGINT)
    AS variance
FROM (
  SELECT
    tied_days.patient, calibration,
    MAX(repeatability_in) * 1000 AS repeatability_mil,
    CAST(SUM(CAST(FLOOR(weight / CAST(of_the_day * n AS DOUBLE) * 1000000000 + 0.5) AS BIGINT)) AS DOUBLE)
      / 1000000000 AS pull
  FROM tied_days
  JOIN trends ON tied_days.patient = trends.patient AND tied_days.week = trends.week
  JOIN day_calibrations ON tied_days.patient = day_calibrations.patient AND tied_days.day = day_calibrations.day
  GROUP BY tied_days.patient, calibration
) AS pulled
GROUP BY patient
