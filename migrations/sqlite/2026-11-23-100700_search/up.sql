-- Full text of both languages on both databases: a document for each thing that can be found, and
-- the pairs and single characters of its folded text. Neither database's own index finds a word of
-- two Chinese characters.
CREATE TABLE search_documents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    body TEXT NOT NULL,
    folded TEXT NOT NULL,
    visibility TEXT NOT NULL,
    CONSTRAINT search_documents_row UNIQUE (kind, key),
    CONSTRAINT search_documents_kind CHECK (kind IN ('area', 'metric', 'project', 'plan_item', 'report')),
    CONSTRAINT search_documents_visibility CHECK (visibility IN ('public', 'internal'))
) STRICT;

CREATE TABLE search_areas (
    document INTEGER NOT NULL REFERENCES search_documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    area INTEGER NOT NULL REFERENCES areas (code),
    PRIMARY KEY (document, ordinal)
) STRICT;
CREATE INDEX search_areas_by_area ON search_areas (area, document);

CREATE TABLE search_grams (
    gram TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES search_documents (id) ON DELETE CASCADE,
    PRIMARY KEY (gram, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_grams_by_document ON search_grams (document);
