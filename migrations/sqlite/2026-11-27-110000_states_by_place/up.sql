-- What a state speaks of, which is that of its observation and never changes, beside what it says: statistics read the
-- figures of a metric and a period from one index alone. Days are counted from 1970-01-01.
ALTER TABLE revisions ADD COLUMN metric TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN area INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN first_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN last_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN accumulation TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN role TEXT NOT NULL DEFAULT '';
UPDATE revisions SET (metric, area, first_day, last_day, accumulation, role) = (
    SELECT o.metric, o.area, CAST(julianday(o.starts_on) - 2440587.5 AS INTEGER),
        CAST(julianday(o.ends_on) - 2440587.5 AS INTEGER), o.accumulation, o.role
    FROM observations AS o WHERE o.id = revisions.observation
);
CREATE INDEX revisions_by_place ON revisions (
    metric, role, accumulation, first_day, last_day, area, value, lower, upper, lower_inclusive, upper_inclusive, spread,
    retracted, released_at, superseded_at
);

-- As before: the planner is told the shape of a large table.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx = 'revisions_by_place';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('revisions', 'revisions_by_place', '11000000 900000 800000 800000 60000 60000 1 1 1 1 1 1 1 1 1 1');
ANALYZE sqlite_schema;
