-- change._short: usable tied days that are at least missing until a change can be judged.
SELECT
  patient,
  CAST({days_a_week} * ({weeks_of_a_trend} - COUNT(*)) + SUM(GREATEST(0, {days_a_week} - n)) AS BIGINT) AS missing_days
FROM (
  SELECT patient, n, ROW_NUMBER() OVER (PARTITION BY patient ORDER BY n DESC, week) AS place
  FROM (SELECT patient, week, COUNT(*) AS n FROM tied_days GROUP BY patient, week) AS counted
) AS ordered
WHERE place <= {weeks_of_a_trend}
GROUP BY patient
