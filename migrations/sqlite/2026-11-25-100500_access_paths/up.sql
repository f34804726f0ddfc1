-- An index for every way to the figures: for each filter that a list has alone, in the list's own order, so
-- that a page costs what it shows; for the statistics, by metric and exact period, and aims by area.
DROP INDEX observations_by_area;
CREATE INDEX observations_by_area ON observations (area, id);
DROP INDEX observations_by_metric;
CREATE INDEX observations_by_metric ON observations (metric, id);
CREATE INDEX observations_by_metric_and_period ON observations (metric, starts_on, ends_on, area);
CREATE INDEX observations_by_role ON observations (role, id);
CREATE INDEX observations_by_role_and_area ON observations (role, area);
CREATE INDEX observations_by_seq ON observations (seq, id);

-- Holds all that decides whether a state is the current one: counting reads no rows.
DROP INDEX revisions_by_release;
CREATE INDEX revisions_by_release ON revisions (observation, released_at, seq, superseded_at, retracted);
CREATE INDEX revisions_by_time ON revisions (released_at, observation);
CREATE INDEX revisions_by_value ON revisions (value, observation);
-- Most figures of a large installation cite no report.
DROP INDEX revisions_by_report;
CREATE INDEX revisions_by_report ON revisions (report, cite_start) WHERE report IS NOT NULL;

-- The planner knows the shape of a large table from here, and not from what happens to be there: the rows of
-- the table, then those that share the first column of the index, the first two, and so on.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE tbl IN ('observations', 'revisions');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('observations', 'sqlite_autoindex_observations_1', '10000000 200000 20 1 1 1'),
    ('observations', 'observations_by_area', '10000000 20 1'),
    ('observations', 'observations_by_metric', '10000000 200000 1'),
    ('observations', 'observations_by_metric_and_period', '10000000 200000 10000 10000 1'),
    ('observations', 'observations_by_period', '10000000 100000 100000 1'),
    ('observations', 'observations_by_role', '10000000 200000 1'),
    ('observations', 'observations_by_role_and_area', '10000000 200000 10'),
    ('observations', 'observations_by_seq', '10000000 1000 1'),
    ('revisions', 'sqlite_autoindex_revisions_1', '11000000 2 1'),
    ('revisions', 'revisions_by_release', '11000000 2 1 1 1 1'),
    ('revisions', 'revisions_by_time', '11000000 1000 1'),
    ('revisions', 'revisions_by_value', '11000000 100 1'),
    ('revisions', 'revisions_by_report', '1000000 500 1');
ANALYZE sqlite_schema;
