-- One line of one order per row, at the list price that held on the day of the order.
SELECT line._row,
       line.sales_order_id || '-' || line.sales_order_line_number  AS booking_line_id,
       line.sales_order_id                                         AS booking_id,
       line.product_id,
       purchase.order_date                                         AS booked_on,
       line.order_qty                                              AS quantity,
       listed.list_price,
       CAST(TRY_CAST(as_number(line.line_total) AS DOUBLE)
            / NULLIF(TRY_CAST(as_number(line.order_qty) AS DOUBLE), 0) AS DECIMAL(18, 6)) AS net_price,
       line.unit_standard_cost                                     AS unit_cost,
       line.line_total                                             AS amount
  FROM sales_order_line AS line
  LEFT JOIN sales_order_header AS purchase ON purchase.sales_order_id = line.sales_order_id
  LEFT JOIN product_list_price_history AS listed
    ON listed.product_id = line.product_id
   AND as_day(listed.start_date) <= as_day(purchase.order_date)
   AND (listed.end_date IS NULL OR as_day(listed.end_date) >= as_day(purchase.order_date))
