-- outcomes.count_breaks: a break is taken when due if nothing but an offer or a postponement came before it.
SELECT
  patient, day,
  CAST(SUM(CASE WHEN kind = 'break_due' THEN 1 ELSE 0 END) AS BIGINT) AS breaks_due,
  CAST(SUM(CASE WHEN kind = 'break_taken' AND before_it = 'break_due' THEN 1 ELSE 0 END) AS BIGINT) AS breaks_taken
FROM (
  SELECT patient, day, kind, LAG(kind) OVER (PARTITION BY patient, day ORDER BY at_ms, place) AS before_it
  FROM events
  WHERE kind IN ('break_due', 'break_taken', 'break_skipped', 'break_natural')
) AS decided
GROUP BY patient, day
