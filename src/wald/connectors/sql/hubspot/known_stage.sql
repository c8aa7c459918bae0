-- The stages of all pipelines.
SELECT listed._row                                                 AS stage_row,
       listed.stage_id,
       listed.label,
       listed.pipeline_id,
       pipeline.label                                              AS pipeline_label,
       TRY_CAST(as_number(listed.display_order) AS BIGINT) + 1     AS position,
       CASE WHEN as_flag(listed.closed_won) THEN 'won'
            WHEN as_flag(listed.is_closed) THEN 'lost'
            ELSE 'open' END                                        AS outcome,
       listed.probability,
       COALESCE(as_flag(listed.fivetran_deleted), FALSE)           AS is_deleted
  FROM deal_pipeline_stage AS listed
  LEFT JOIN deal_pipeline AS pipeline ON pipeline.pipeline_id = listed.pipeline_id
