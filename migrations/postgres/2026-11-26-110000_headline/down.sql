DROP INDEX observations_by_role_and_area;
CREATE INDEX observations_by_role_and_area ON observations (role, area, ends_on DESC, starts_on);

ALTER TABLE metrics DROP COLUMN headline;
