DROP TABLE plan_item_extensions;
DROP TABLE project_moves;
DROP TABLE plan_item_moves;
