-- Salesforce's forecast categories by the words of its API and of its screens. What the API calls
-- Forecast, people call Commit.
SELECT word, category
  FROM (VALUES ('omitted', 'omitted'),
               ('pipeline', 'pipeline'),
               ('bestcase', 'best_case'),
               ('best case', 'best_case'),
               ('mostlikely', 'most_likely'),
               ('most likely', 'most_likely'),
               ('forecast', 'commit'),
               ('commit', 'commit'),
               ('closed', 'closed')) AS known (word, category)
