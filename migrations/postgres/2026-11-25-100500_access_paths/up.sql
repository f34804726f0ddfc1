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
