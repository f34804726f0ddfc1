ALTER TABLE projects DROP COLUMN funding_note;
