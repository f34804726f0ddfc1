-- Where a plan item lies is stored, so that all that asks finds the same: in its areas, and in the area of its plan
-- where it has none or where one is outside of that. What it has from its plan alone is `inherited`.
ALTER TABLE plan_item_areas ADD COLUMN inherited BOOLEAN NOT NULL DEFAULT FALSE;
INSERT INTO plan_item_areas (item, ordinal, area, inherited)
SELECT plan_items.code, 0, plans.area, TRUE
FROM plan_items JOIN plans ON plans.code = plan_items.plan
WHERE NOT EXISTS (SELECT 1 FROM plan_item_areas AS own WHERE own.item = plan_items.code)
   OR (EXISTS (
        SELECT 1 FROM plan_item_areas AS own
        WHERE own.item = plan_items.code
          -- Outside of the codes that the last groups of zeros can number.
          AND own.area NOT BETWEEN plans.area AND plans.area - 1 + CASE
              WHEN plans.area % 10000000000 = 0 THEN 10000000000
              WHEN plans.area % 100000000 = 0 THEN 100000000
              WHEN plans.area % 1000000 = 0 THEN 1000000
              WHEN plans.area % 1000 = 0 THEN 1000
              ELSE 1
          END)
       AND NOT EXISTS (
        SELECT 1 FROM plan_item_areas AS own WHERE own.item = plan_items.code AND own.area = plans.area));
