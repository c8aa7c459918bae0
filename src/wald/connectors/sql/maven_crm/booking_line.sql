-- A won deal sells one unit of its product, at the price of the price list or near it.
SELECT deal._row,
       deal.opportunity_id               AS booking_line_id,
       deal.opportunity_id               AS booking_id,
       deal.product                      AS product_id,
       deal.close_date                   AS booked_on,
       1                                 AS quantity,
       listed.sales_price                AS list_price,
       deal.close_value                  AS net_price,
       deal.close_value                  AS amount,
       COALESCE(deal.deal_stage, '') <> 'Won' AS is_deleted
  FROM sales_pipeline AS deal
  LEFT JOIN (SELECT product, MAX(sales_price) AS sales_price FROM products GROUP BY product) AS listed
    ON listed.product = deal.product
