-- Which calibrations a day's minutes rest on, and how well each repeats itself.
SELECT
  used.patient, used.day, used.calibration,
  COUNT(*) OVER (PARTITION BY used.patient, used.day) AS of_the_day,
  COALESCE(repeatability_in, 0) AS repeatability_in
FROM (SELECT DISTINCT patient, day, calibration FROM spoken WHERE calibration IS NOT NULL) AS used
LEFT JOIN calibrations ON used.patient = calibrations.patient AND used.calibration = calibrations.calibration
