-- One product per row, parts that are not sold included: they list for 0.
SELECT item._row,
       item.product_id,
       item.name,
       category.name        AS family,
       item.list_price,
       item.standard_cost   AS unit_cost,
       as_flag(item.finished_goods_flag) AND item.sell_end_date IS NULL AS is_active
  FROM product AS item
  LEFT JOIN product_subcategory AS kind
    ON kind.product_subcategory_id = item.product_subcategory_id
  LEFT JOIN product_category AS category
    ON category.product_category_id = kind.product_category_id
