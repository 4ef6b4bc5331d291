-- diary_stats.diary_days: a headache entry outweighs "none" on the same day; a day without an entry says nothing.
SELECT
  patient, day,
  MAX(CASE WHEN kind = 'headache' THEN 1 ELSE 0 END) = 1 AS headache,
  MAX(CASE WHEN kind = 'headache' THEN worst END) AS worst
FROM diary
WHERE kind IN ('headache', 'none')
GROUP BY patient, day
