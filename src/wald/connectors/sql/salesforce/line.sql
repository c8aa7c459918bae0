-- Products on deals. The sales price is before the line's own discount, in percent.
SELECT item._row,
       item.id,
       item.opportunity_id,
       COALESCE(item.product2_id, entry.product2_id)               AS product_id,
       as_number(item.quantity)                                    AS quantity,
       COALESCE(as_number(item.list_price), as_number(entry.unit_price)) AS list_price,
       TRY_CAST(TRY_CAST(as_number(item.unit_price) AS DECIMAL(16, 4))
                * (1 - COALESCE(TRY_CAST(as_number(item.discount) AS DECIMAL(9, 4)), 0) * 0.01)
                AS DECIMAL(18, 6))                                 AS net_price,
       COALESCE(TRY_CAST(as_number(item.total_price) AS DECIMAL(18, 4)),
                CAST(TRY_CAST(as_number(item.quantity) AS DECIMAL(12, 2))
                     * TRY_CAST(as_number(item.unit_price) AS DECIMAL(12, 2))
                     * (1 - COALESCE(TRY_CAST(as_number(item.discount) AS DECIMAL(7, 2)), 0) * 0.01)
                     AS DECIMAL(18, 4)))                           AS amount,
       COALESCE(as_flag(item.is_deleted), FALSE)                   AS is_deleted
  FROM opportunity_line_item AS item
  LEFT JOIN pricebook_entry AS entry ON entry.id = item.pricebook_entry_id
