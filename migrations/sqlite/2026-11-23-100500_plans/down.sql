DROP TABLE plan_item_projects;
DROP TABLE plan_item_areas;
DROP TABLE plan_items;
DROP TABLE plans;
