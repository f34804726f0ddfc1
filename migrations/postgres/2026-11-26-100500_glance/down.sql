DROP INDEX progress_reports_by_day;
DROP INDEX observations_by_role_and_area;
CREATE INDEX observations_by_role_and_area ON observations (role, area);
