DROP TABLE plan_item_extensions;
DROP TABLE project_moves;
DROP TABLE plan_item_move_attachments;
DROP TABLE plan_item_moves;
