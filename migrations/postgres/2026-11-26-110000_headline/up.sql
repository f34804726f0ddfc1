-- In which order metrics stand on the first screen of an app, and an index that has the latest figure of each
-- metric in an area.
ALTER TABLE metrics ADD COLUMN headline SMALLINT CONSTRAINT metrics_headline CHECK (headline BETWEEN 1 AND 32767);

DROP INDEX observations_by_role_and_area;
CREATE INDEX observations_by_role_and_area ON observations (role, area, metric, ends_on DESC, starts_on);
