-- The stages of all pipelines; each pipeline counts from 1.
SELECT stage_row AS _row, stage_id AS stage, label, position, outcome,
       as_number(probability) AS probability, is_deleted
  FROM known_stage
