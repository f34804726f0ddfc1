-- Other words for a unit, as a JSON array: 公里 of 千米.
ALTER TABLE units ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]';
