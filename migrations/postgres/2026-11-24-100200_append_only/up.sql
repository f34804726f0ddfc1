-- The audit only grows: not even a mistake of the program can change what was written.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or deleted', TG_TABLE_NAME;
END $$;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_delete BEFORE DELETE OR TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER edits_no_update BEFORE UPDATE ON edits
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER edits_no_delete BEFORE DELETE OR TRUNCATE ON edits
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
