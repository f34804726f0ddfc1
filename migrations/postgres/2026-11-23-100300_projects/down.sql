DROP TABLE milestones;
DROP TABLE project_amounts;
DROP TABLE project_areas;
DROP TABLE projects;
