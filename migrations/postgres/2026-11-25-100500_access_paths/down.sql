DROP INDEX revisions_by_report;
CREATE INDEX revisions_by_report ON revisions (report, cite_start);
DROP INDEX revisions_by_value;
DROP INDEX revisions_by_time;
DROP INDEX revisions_by_release;
CREATE INDEX revisions_by_release ON revisions (observation, released_at, seq);

DROP INDEX observations_by_seq;
DROP INDEX observations_by_role_and_area;
DROP INDEX observations_by_role;
DROP INDEX observations_by_metric_and_period;
DROP INDEX observations_by_metric;
CREATE INDEX observations_by_metric ON observations (metric, starts_on, area);
DROP INDEX observations_by_area;
CREATE INDEX observations_by_area ON observations (area, metric, starts_on);
