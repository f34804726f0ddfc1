DELETE FROM plan_item_areas WHERE inherited;
ALTER TABLE plan_item_areas DROP COLUMN inherited;
