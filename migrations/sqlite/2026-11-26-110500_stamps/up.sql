-- The stamps that the public is told of rows whose last writes were nothing to the public.
CREATE TABLE public_stamps (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT;

-- States are listed in the order of their own entries: what is filed for later moves no stamp before its release.
DROP INDEX observations_by_seq;
CREATE INDEX revisions_by_seq ON revisions (seq, observation);

-- As before: the planner is told the shape of a large table.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx IN ('observations_by_seq', 'revisions_by_seq');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('revisions', 'revisions_by_seq', '11000000 1000 1');
ANALYZE sqlite_schema;
