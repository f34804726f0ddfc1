-- The few states that say that a figure no longer stands, so that counting need not look at all others; and the
-- states with a qualifier, to find those with a rare one.
CREATE INDEX revisions_retracted ON revisions (observation) WHERE retracted;
CREATE INDEX revisions_by_comparator ON revisions (comparator, observation) WHERE comparator IS NOT NULL;
