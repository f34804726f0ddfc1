DROP TRIGGER edits_no_delete ON edits;
DROP TRIGGER edits_no_update ON edits;
DROP TRIGGER entries_no_delete ON entries;
DROP TRIGGER entries_no_update ON entries;
DROP FUNCTION refuse_change;
