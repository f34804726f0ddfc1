DROP INDEX revisions_by_place;
ALTER TABLE revisions
    DROP COLUMN role, DROP COLUMN accumulation, DROP COLUMN last_day, DROP COLUMN first_day, DROP COLUMN area,
    DROP COLUMN metric;
