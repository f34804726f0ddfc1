DROP TRIGGER edits_no_delete;
DROP TRIGGER edits_no_update;
DROP TRIGGER entries_no_delete;
DROP TRIGGER entries_no_update;
