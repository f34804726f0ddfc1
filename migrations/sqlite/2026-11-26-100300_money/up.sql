-- Why the sources of a project's money do not add up to its budget.
ALTER TABLE projects ADD COLUMN funding_note TEXT;
