-- Every contact.
SELECT _row,
       id                                                              AS contact_id,
       account_id,
       COALESCE(name, NULLIF(CONCAT_WS(' ', first_name, last_name), '')) AS name,
       email,
       title,
       phone,
       created_date                                                    AS created_on,
       COALESCE(as_flag(is_deleted), FALSE)
       OR COALESCE(as_flag(fivetran_deleted), FALSE)                   AS is_deleted
  FROM contact
