-- numbers.quality, shortfall, tied_min and is_tied: what a day's minutes are worth.
SELECT
  patient, day, valid_cs, away_cs, unreliable_cs, paused_cs, off_cs, unseen_cs,
  CASE WHEN known_cs > 0 THEN tied_cs END AS tied_cs,
  valid_cs > 0
    AND valid_cs >= {min_valid_cs}
    AND valid_cs >= {min_coverage} * (valid_cs + unreliable_cs + unseen_cs) AS usable,
  CASE WHEN known_cs > 0 THEN 2 * tied_cs >= LEAST(2 * {min_tied_cs}, known_cs) END AS tied
FROM (
  SELECT
    patient, day,
    CAST(SUM(valid_cs) AS BIGINT) AS valid_cs,
    CAST(SUM(away_cs) AS BIGINT) AS away_cs,
    CAST(SUM(unreliable_cs) AS BIGINT) AS unreliable_cs,
    CAST(SUM(paused_cs) AS BIGINT) AS paused_cs,
    CAST(SUM(off_cs) AS BIGINT) AS off_cs,
    CAST(SUM(CASE WHEN minute BETWEEN first_seen AND last_seen THEN paused_cs + off_cs ELSE 0 END) AS BIGINT)
      AS unseen_cs,
    CAST(SUM(CASE WHEN tied THEN measured_cs ELSE 0 END) AS BIGINT) AS tied_cs,
    CAST(SUM(CASE WHEN tied IS NULL THEN 0 ELSE measured_cs END) AS BIGINT) AS known_cs
  FROM (
    SELECT
      *,
      MIN(seen_minute) OVER (PARTITION BY patient, day) AS first_seen,
      MAX(seen_minute) OVER (PARTITION BY patient, day) AS last_seen
    FROM spoken
  ) AS sighted
  GROUP BY patient, day
) AS sums
