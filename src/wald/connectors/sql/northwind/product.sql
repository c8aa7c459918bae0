-- One product per row, at its latest list price.
SELECT item._row,
       item.product_id,
       item.product_name           AS name,
       category.category_name      AS family,
       item.unit_price             AS list_price,
       NOT as_flag(item.discontinued)  AS is_active
  FROM products AS item
  LEFT JOIN categories AS category ON category.category_id = item.category_id
