-- What an area stated last stands at the end of an index, and so does the latest progress.
DROP INDEX observations_by_role_and_area;
CREATE INDEX observations_by_role_and_area ON observations (role, area, ends_on DESC, starts_on);
CREATE INDEX progress_reports_by_day ON progress_reports (as_of, id);
