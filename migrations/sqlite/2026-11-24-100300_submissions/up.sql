-- Submissions by the keys that make and move them, with what the checks found; and the periods that are
-- locked for them. There are no submissions yet: the defaults are for the databases alone.
ALTER TABLE submissions ADD COLUMN author_key TEXT NOT NULL DEFAULT '';
ALTER TABLE submissions ADD COLUMN reason TEXT;
ALTER TABLE submissions ADD COLUMN checks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE submission_events ADD COLUMN author_key TEXT NOT NULL DEFAULT '';
ALTER TABLE submission_events ADD COLUMN row_comments TEXT NOT NULL DEFAULT '[]';
CREATE INDEX submissions_by_author ON submissions (author_key, id);

CREATE TABLE period_locks (
    area INTEGER NOT NULL PRIMARY KEY REFERENCES areas (code),
    through TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq)
) STRICT;
