-- change._trend: what each week counts in the change, and how far it lies off the line.
SELECT
  patient, week, n, weeks, length, slope, weight,
  off - SUM(CASE WHEN 2 * place BETWEEN weeks AND weeks + 2 THEN off ELSE 0 END) OVER (PARTITION BY patient)
    / SUM(CASE WHEN 2 * place BETWEEN weeks AND weeks + 2 THEN 1 ELSE 0 END) OVER (PARTITION BY patient) AS off
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY patient ORDER BY off) AS place,
    CAST(apart * weeks * length AS DOUBLE)
      / CAST(SUM(apart * apart) OVER (PARTITION BY patient) AS DOUBLE) AS weight
  FROM (
    SELECT
      weeks.patient, week, n, slope,
      COUNT(*) OVER (PARTITION BY weeks.patient) AS weeks,
      MAX(week) OVER (PARTITION BY weeks.patient) - MIN(week) OVER (PARTITION BY weeks.patient) AS length,
      week * COUNT(*) OVER (PARTITION BY weeks.patient) - SUM(week) OVER (PARTITION BY weeks.patient) AS apart,
      CAST(twice_mil AS DOUBLE) / 2 - slope * week AS off
    FROM weeks
    JOIN slopes ON weeks.patient = slopes.patient
  ) AS lined
) AS weighted
