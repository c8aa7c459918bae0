-- A forecast category by a word of Salesforce's API or screens.
CASE WHEN LOWER($column) IN ('omitted', 'pipeline', 'bestcase', 'best case', 'mostlikely',
                             'most likely', 'forecast', 'commit', 'closed')
     THEN $column END
