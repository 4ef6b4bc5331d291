-- diary_stats.score_points.
SELECT patient, day, at_ms, place, score_name, score FROM diary WHERE kind = 'score' AND score IS NOT NULL
