-- Every product, at the price of the standard price book or, where that is not in the export, the
-- one price that all its price books agree on.
WITH price AS (
     SELECT entry.product2_id                                      AS product_id,
            MIN(as_number(entry.unit_price)) FILTER (WHERE as_flag(book.is_standard)) AS standard,
            CASE WHEN MIN(as_number(entry.unit_price)) = MAX(as_number(entry.unit_price))
                 THEN MIN(as_number(entry.unit_price)) END         AS agreed,
            CASE WHEN COUNT(DISTINCT entry.currency_iso_code) = 1
                 THEN MIN(entry.currency_iso_code) END             AS currency
       FROM pricebook_entry AS entry
       LEFT JOIN pricebook AS book ON book.id = entry.pricebook2_id
      WHERE COALESCE(as_flag(entry.is_active), TRUE)
        AND NOT COALESCE(as_flag(entry.is_deleted), FALSE)
      GROUP BY entry.product2_id
     HAVING COUNT(DISTINCT entry.currency_iso_code) < 2
)
SELECT item._row,
       item.id                                                     AS product_id,
       item.name,
       item.family,
       COALESCE(price.standard, price.agreed)                      AS list_price,
       COALESCE(price.currency, house.iso_code)                    AS currency,
       item.is_active,
       COALESCE(as_flag(item.is_deleted), FALSE)                   AS is_deleted
  FROM product AS item
  LEFT JOIN price ON price.product_id = item.id
 CROSS JOIN house
