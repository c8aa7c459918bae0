-- Closed or won, as the stage list says or, without it, as the standard stage names do.
COALESCE(CAST($column AS TEXT),
         (SELECT MAX(CAST(listed.$column AS TEXT)) FROM opportunity_stage AS listed
           WHERE listed.master_label = stage_name),
         CASE WHEN LOWER(stage_name) LIKE CASE '$column' WHEN 'is_won' THEN 'closed won'
                                                         ELSE 'closed %' END
              THEN 'true' END)
