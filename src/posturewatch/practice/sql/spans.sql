-- The weeks that a patient's row and report speak of: those up to the newest day that was watched.
SELECT patient, MAX(day) - {span_days} + 1 AS first_day, MAX(day) AS last_day
FROM days
WHERE watched
GROUP BY patient
