-- The first and the last total of each questionnaire within the span; one total alone is no then and now.
SELECT
  patient,
  MAX(CASE WHEN score_name = 'NDI' AND from_first = 1 AND n > 1 THEN score END) AS ndi_then,
  MAX(CASE WHEN score_name = 'NDI' AND from_last = 1 THEN score END) AS ndi_now,
  MAX(CASE WHEN score_name = 'HIT-6' AND from_first = 1 AND n > 1 THEN score END) AS hit6_then,
  MAX(CASE WHEN score_name = 'HIT-6' AND from_last = 1 THEN score END) AS hit6_now
FROM (
  SELECT
    scores.patient, score_name, score,
    ROW_NUMBER() OVER (PARTITION BY scores.patient, score_name ORDER BY at_ms, place) AS from_first,
    ROW_NUMBER() OVER (PARTITION BY scores.patient, score_name ORDER BY at_ms DESC, place DESC) AS from_last,
    COUNT(*) OVER (PARTITION BY scores.patient, score_name) AS n
  FROM scores
  JOIN spans ON scores.patient = spans.patient
  WHERE day BETWEEN first_day AND last_day
) AS placed
GROUP BY patient
