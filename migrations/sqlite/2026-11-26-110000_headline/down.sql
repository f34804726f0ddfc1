DROP INDEX observations_by_role_and_area;
CREATE INDEX observations_by_role_and_area ON observations (role, area, ends_on DESC, starts_on);

-- As before: the planner is told the shape of a large table.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx = 'observations_by_role_and_area';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('observations', 'observations_by_role_and_area', '10000000 200000 10 2 2');
ANALYZE sqlite_schema;

ALTER TABLE metrics DROP COLUMN headline;
