-- One order per row, before tax and freight. An order through a rep belongs to a store; an order
-- on the web belongs to a consumer, who is no account and has no rep.
SELECT purchase._row,
       purchase.sales_order_id                       AS booking_id,
       CASE WHEN as_flag(purchase.online_order_flag) THEN NULL
            ELSE buyer.store_id END                  AS account_id,
       purchase.sales_person_id                      AS owner_id,
       CASE WHEN as_flag(purchase.online_order_flag) THEN 'online'
            ELSE 'reseller' END                      AS channel,
       place.name                                    AS territory,
       purchase.order_date                           AS booked_on,
       purchase.sub_total                            AS amount,
       purchase.tax_amt                              AS tax
  FROM sales_order_header AS purchase
  LEFT JOIN customer AS buyer ON buyer.customer_id = purchase.customer_id
  LEFT JOIN sales_territory AS place ON place.territory_id = purchase.territory_id
