-- Steps of a migration that no query can do, by name, once each is done.
CREATE TABLE data_steps (
    name TEXT NOT NULL PRIMARY KEY
) STRICT;
