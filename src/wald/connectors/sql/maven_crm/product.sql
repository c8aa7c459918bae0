-- One product per row, at its suggested price.
SELECT _row,
       product      AS product_id,
       product      AS name,
       series       AS family,
       sales_price  AS list_price
  FROM products
