-- Every product on a deal.
SELECT line._row,
       line.id          AS opportunity_line_id,
       line.opportunity_id,
       line.product_id,
       line.quantity,
       line.list_price,
       line.net_price,
       line.amount,
       deal.currency,
       line.is_deleted
  FROM line
  LEFT JOIN deal ON deal.opportunity_id = line.opportunity_id
