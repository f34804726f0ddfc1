-- The few states that say that a figure no longer stands, so that counting need not look at all others; and the
-- states with a qualifier, to find those with a rare one.
CREATE INDEX revisions_retracted ON revisions (observation) WHERE retracted;
CREATE INDEX revisions_by_comparator ON revisions (comparator, observation) WHERE comparator IS NOT NULL;

-- As before: the planner is told the shape of a large table.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx IN ('revisions_retracted', 'revisions_by_comparator');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('revisions', 'revisions_retracted', '20000 1'),
    ('revisions', 'revisions_by_comparator', '3000000 600000 1');
ANALYZE sqlite_schema;
