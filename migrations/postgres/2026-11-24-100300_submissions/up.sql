-- Submissions by the keys that make and move them, with what the checks found; and the periods that are
-- locked for them. There are no submissions yet: the defaults are for the databases alone.
ALTER TABLE submissions ADD COLUMN author_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE submissions ADD COLUMN reason TEXT COLLATE "C";
ALTER TABLE submissions ADD COLUMN checks TEXT COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE submission_events ADD COLUMN author_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE submission_events ADD COLUMN row_comments TEXT COLLATE "C" NOT NULL DEFAULT '[]';
CREATE INDEX submissions_by_author ON submissions (author_key, id);

CREATE TABLE period_locks (
    area BIGINT NOT NULL PRIMARY KEY REFERENCES areas (code),
    through DATE NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq)
);
