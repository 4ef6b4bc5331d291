-- Counts of a group's patients by fixed questions. Small counts leave the engine and are withheld by groups.py.
SELECT cohort, question, answer, COUNT(*) AS n
FROM (
  SELECT
    cohort, 'change' AS question,
    CASE WHEN change_uin IS NULL THEN 'few'
         WHEN low_uin > 0 THEN 'forward'
         WHEN high_uin < 0 THEN 'back'
         ELSE 'none' END AS answer
  FROM worklist
  JOIN members ON worklist.patient = members.patient
  UNION ALL
  SELECT
    cohort, 'headaches' AS question,
    CASE WHEN answers_then < {answered_days} OR answers_now < {answered_days} THEN 'few'
         WHEN 7 * (aches_now * answers_then - aches_then * answers_now) >= answers_then * answers_now THEN 'more'
         WHEN 7 * (aches_then * answers_now - aches_now * answers_then) >= answers_then * answers_now THEN 'fewer'
         ELSE 'alike' END AS answer
  FROM worklist
  JOIN members ON worklist.patient = members.patient
) AS answered
GROUP BY cohort, question, answer
