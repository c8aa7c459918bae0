-- One order per row: what its lines add up to after discount, without freight.
SELECT purchase._row,
       purchase.order_id     AS booking_id,
       purchase.customer_id  AS account_id,
       purchase.employee_id  AS owner_id,
       purchase.order_date   AS booked_on,
       lines.amount
  FROM orders AS purchase
  LEFT JOIN (SELECT order_id,
                    SUM(TRY_CAST(as_number(quantity) AS DECIMAL(9, 2))
                        * TRY_CAST(as_number(unit_price) AS DECIMAL(12, 4))
                        * (1 - TRY_CAST(as_number(discount) AS DECIMAL(6, 4)))) AS amount
               FROM order_details
              GROUP BY order_id) AS lines
    ON lines.order_id = purchase.order_id
