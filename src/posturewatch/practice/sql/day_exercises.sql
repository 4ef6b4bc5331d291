-- adherence.count_exercises, in sum.
SELECT
  patient, day,
  CAST(SUM(CASE WHEN outcome = 'offered' THEN 1 ELSE 0 END) AS BIGINT) AS exercises_offered,
  CAST(SUM(CASE WHEN outcome = 'done' THEN 1 ELSE 0 END) AS BIGINT) AS exercises_done,
  CAST(SUM(CASE WHEN outcome = 'worse' THEN 1 ELSE 0 END) AS BIGINT) AS exercises_worse
FROM events
WHERE kind = 'exercise'
GROUP BY patient, day
