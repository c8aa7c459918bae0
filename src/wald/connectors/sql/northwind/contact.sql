-- Each customer names one contact, who has no key of their own.
SELECT _row,
       customer_id    AS contact_id,
       customer_id    AS account_id,
       contact_name   AS name,
       contact_title  AS title,
       phone
  FROM customers
 WHERE contact_name IS NOT NULL
