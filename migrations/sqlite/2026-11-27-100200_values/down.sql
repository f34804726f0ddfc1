DROP INDEX revisions_by_spread;
DROP INDEX revisions_by_release;
CREATE INDEX revisions_by_release ON revisions (observation, released_at, seq, superseded_at, retracted);

-- As before: the planner is told the shape of a large table.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx IN ('revisions_by_release', 'revisions_by_spread');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('revisions', 'revisions_by_release', '11000000 2 1 1 1 1');
ANALYZE sqlite_schema;
