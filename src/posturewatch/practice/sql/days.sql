-- One row for each day of which anything is known.
SELECT
  named.patient, named.day,
  COALESCE(valid_cs, 0) AS valid_cs,
  COALESCE(unreliable_cs, 0) AS unreliable_cs,
  COALESCE(away_cs, 0) AS away_cs,
  COALESCE(paused_cs, 0) AS paused_cs,
  COALESCE(off_cs, 0) AS off_cs,
  unseen_cs, tied_cs,
  valid_cs IS NOT NULL AS watched,
  COALESCE(usable, FALSE) AS usable,
  tied, median_mil, se_cs, se_mil_cs, headache, worst,
  COALESCE(breaks_due, 0) AS breaks_due,
  COALESCE(breaks_taken, 0) AS breaks_taken,
  COALESCE(exercises_offered, 0) AS exercises_offered,
  COALESCE(exercises_done, 0) AS exercises_done,
  COALESCE(exercises_worse, 0) AS exercises_worse,
  COALESCE(checks, 0) AS checks
FROM (
  SELECT patient, day FROM day_quality
  UNION SELECT patient, day FROM day_answers
  UNION SELECT patient, day FROM day_breaks
  UNION SELECT patient, day FROM day_exercises
  UNION SELECT patient, day FROM day_checks
) AS named
LEFT JOIN day_quality ON named.patient = day_quality.patient AND named.day = day_quality.day
LEFT JOIN day_medians ON named.patient = day_medians.patient AND named.day = day_medians.day
LEFT JOIN day_answers ON named.patient = day_answers.patient AND named.day = day_answers.day
LEFT JOIN day_breaks ON named.patient = day_breaks.patient AND named.day = day_breaks.day
LEFT JOIN day_exercises ON named.patient = day_exercises.patient AND named.day = day_exercises.day
LEFT JOIN day_checks ON named.patient = day_checks.patient AND named.day = day_checks.day
