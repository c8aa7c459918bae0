-- One line of one order per row, at the list price that held on the day of the order.
WITH purchase AS (
     SELECT sales_order_id, order_date, as_day(order_date) AS day FROM sales_order_header
), listed AS (
     SELECT product_id, list_price, as_day(start_date) AS starts_on, as_day(end_date) AS ends_on
       FROM product_list_price_history
), sold AS (
     SELECT line.*, purchase.order_date, purchase.day
       FROM sales_order_line AS line
       LEFT JOIN purchase ON purchase.sales_order_id = line.sales_order_id
), day_price AS (
     SELECT sold.product_id, sold.day, MAX_BY(listed.list_price, listed.starts_on) AS list_price
       FROM (SELECT DISTINCT product_id, day FROM sold) AS sold
       JOIN listed ON listed.product_id = sold.product_id
      WHERE listed.starts_on <= sold.day AND (listed.ends_on IS NULL OR listed.ends_on >= sold.day)
      GROUP BY sold.product_id, sold.day
)
SELECT sold._row,
       sold.sales_order_id || '-' || sold.sales_order_line_number  AS booking_line_id,
       sold.sales_order_id                                         AS booking_id,
       sold.product_id,
       sold.order_date                                             AS booked_on,
       sold.order_qty                                              AS quantity,
       day_price.list_price,
       TRY_CAST(CAST(as_number(sold.line_total) AS DOUBLE)
            / NULLIF(CAST(as_number(sold.order_qty) AS DOUBLE), 0) AS DECIMAL(18, 6)) AS net_price,
       sold.unit_standard_cost                                     AS unit_cost,
       sold.line_total                                             AS amount
  FROM sold
  LEFT JOIN day_price ON day_price.product_id = sold.product_id AND day_price.day = sold.day
