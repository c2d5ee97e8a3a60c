/* Patients joined with their accounts, for reports: one row a patient, the account's columns NULL where there is none (SYNC-11). */
CREATE OR REPLACE VIEW `people` AS
  SELECT
    p.`id` AS `patient_id`, p.`number`, p.`first_name`, p.`last_name`, p.`email`, p.`phone`, p.`birth_date`, p.`gender`,
    p.`kind`, p.`status`, p.`visit_count`, p.`last_visit_at`, p.`created_at`,
    u.`id` AS `user_id`, u.`username`, u.`email` AS `account_email`, u.`phone` AS `account_phone`, u.`role`,
    u.`active`, u.`claimed_at`, u.`last_login_at`, p.`id` = u.`patient_id` AS `own_patient`
  FROM `patients` p
  LEFT JOIN `users` u ON u.`id` = p.`account_id`;
