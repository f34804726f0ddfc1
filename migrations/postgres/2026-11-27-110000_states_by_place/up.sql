-- What a state speaks of, which is that of its observation and never changes, beside what it says: statistics read the
-- figures of a metric and a period from one index alone. Days are counted from 1970-01-01.
ALTER TABLE revisions
    ADD COLUMN metric TEXT COLLATE "C", ADD COLUMN area BIGINT, ADD COLUMN first_day INTEGER, ADD COLUMN last_day INTEGER,
    ADD COLUMN accumulation TEXT COLLATE "C", ADD COLUMN role TEXT COLLATE "C";
UPDATE revisions SET metric = o.metric, area = o.area, first_day = o.starts_on - DATE '1970-01-01',
    last_day = o.ends_on - DATE '1970-01-01', accumulation = o.accumulation, role = o.role
FROM observations AS o WHERE o.id = revisions.observation;
ALTER TABLE revisions
    ALTER COLUMN metric SET NOT NULL, ALTER COLUMN area SET NOT NULL, ALTER COLUMN first_day SET NOT NULL,
    ALTER COLUMN last_day SET NOT NULL, ALTER COLUMN accumulation SET NOT NULL, ALTER COLUMN role SET NOT NULL;
CREATE INDEX revisions_by_place ON revisions (
    metric, role, accumulation, first_day, last_day, area, value, lower, upper, lower_inclusive, upper_inclusive, spread,
    retracted, released_at, superseded_at
);
