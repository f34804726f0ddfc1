DROP TABLE area_highlights;
DROP TABLE reports;
DROP TABLE metrics;
DROP TABLE units;
DROP TABLE area_successors;
DROP TABLE areas;
