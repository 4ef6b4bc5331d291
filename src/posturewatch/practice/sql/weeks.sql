-- Weeks with days enough, their value (twice the median of the days' medians, so that it is whole), and a number each.
SELECT patient, week, n, twice_mil, ROW_NUMBER() OVER (PARTITION BY patient ORDER BY week) AS number
FROM (
  SELECT
    patient, week, COUNT(*) AS n,
    CAST(SUM(CASE WHEN 2 * place = n + 1 THEN 2 * median_mil
                  WHEN 2 * place = n OR 2 * place = n + 2 THEN median_mil
                  ELSE 0 END) AS BIGINT) AS twice_mil
  FROM (
    SELECT
      patient, week, median_mil,
      ROW_NUMBER() OVER (PARTITION BY patient, week ORDER BY median_mil) AS place,
      COUNT(*) OVER (PARTITION BY patient, week) AS n
    FROM tied_days
  ) AS placed
  WHERE n >= {days_a_week}
  GROUP BY patient, week
) AS valued
