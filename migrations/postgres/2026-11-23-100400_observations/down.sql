DROP TABLE revision_projects;
DROP TABLE revision_areas;
DROP TABLE revisions;
DROP TABLE observations;
