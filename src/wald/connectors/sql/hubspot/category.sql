-- HubSpot's forecast categories by their internal names and their labels.
SELECT word, category
  FROM (VALUES ('omit', 'omitted'),
               ('not forecasted', 'omitted'),
               ('pipeline', 'pipeline'),
               ('best_case', 'best_case'),
               ('best case', 'best_case'),
               ('most_likely', 'most_likely'),
               ('most likely', 'most_likely'),
               ('commit', 'commit'),
               ('closed', 'closed'),
               ('closed won', 'closed')) AS known (word, category)
