DROP TABLE attachment_strays;
DROP TABLE attachment_uploads;
DROP INDEX attachments_by_touch;
ALTER TABLE attachments DROP COLUMN touched_at;
ALTER TABLE attachments DROP COLUMN object;
ALTER TABLE attachments DROP COLUMN position_kept;
ALTER TABLE attachments DROP COLUMN height;
ALTER TABLE attachments DROP COLUMN width;
