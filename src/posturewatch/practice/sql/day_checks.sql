-- checks.checks_of: results of one time are one movement check.
SELECT patient, day, COUNT(DISTINCT at_ms) AS checks FROM checks GROUP BY patient, day
