DROP INDEX revisions_by_comparator;
DROP INDEX revisions_retracted;
