-- Which versions of the program have migrated this database, and how far each: what an older one says when it refuses.
CREATE TABLE programs (
    version TEXT NOT NULL PRIMARY KEY,
    newest_migration TEXT NOT NULL
);
