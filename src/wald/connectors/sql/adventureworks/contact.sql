-- One person at a store per row. The file has no key; no two people share an e-mail address.
SELECT _row,
       email_address                                        AS contact_id,
       business_entity_id                                   AS account_id,
       CONCAT_WS(' ', first_name, middle_name, last_name)   AS name,
       email_address                                        AS email,
       contact_type                                         AS title,
       phone_number                                         AS phone
  FROM store_contact
