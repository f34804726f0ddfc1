-- Holds value and comparator too, so that sorting and counting by them reads no rows.
DROP INDEX revisions_by_release;
CREATE INDEX revisions_by_release ON revisions (observation, released_at, seq, superseded_at, retracted, value, comparator);
-- The few targets that are for each village.
CREATE INDEX revisions_by_spread ON revisions (spread, observation) WHERE spread IS NOT NULL;

-- As before: the planner is told the shape of a large table.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx IN ('revisions_by_release', 'revisions_by_spread');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('revisions', 'revisions_by_release', '11000000 2 1 1 1 1 1 1'),
    ('revisions', 'revisions_by_spread', '300000 20000 1');
ANALYZE sqlite_schema;
