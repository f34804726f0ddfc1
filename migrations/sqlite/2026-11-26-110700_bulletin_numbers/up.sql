-- Under whose name and numbers a bulletin was issued. An organ is a name in an area; it counts its bulletins
-- from 1 in each year, and the papers under each of its document codes likewise.
CREATE TABLE bulletin_imprints (
    bulletin INTEGER NOT NULL PRIMARY KEY REFERENCES bulletins (no),
    issuer TEXT NOT NULL,
    issuer_area INTEGER NOT NULL REFERENCES areas (code),
    signatory TEXT,
    year INTEGER NOT NULL,
    issue INTEGER NOT NULL,
    document_code TEXT,
    document_no INTEGER,
    CONSTRAINT bulletin_imprints_issue UNIQUE (issuer_area, issuer, year, issue),
    CONSTRAINT bulletin_imprints_document UNIQUE (issuer_area, document_code, year, document_no),
    CONSTRAINT bulletin_imprints_numbers CHECK (issue >= 1 AND document_no >= 1),
    CONSTRAINT bulletin_imprints_code CHECK ((document_code IS NULL) = (document_no IS NULL))
) STRICT;

-- Those of before: the area that each speaks of issued it, in the order of their numbers.
INSERT INTO bulletin_imprints (bulletin, issuer, issuer_area, year, issue)
SELECT no, issuer, area, year, ROW_NUMBER() OVER (PARTITION BY area, issuer, year ORDER BY no)
FROM (
    SELECT no, area, json_extract(content, '$.area_name') AS issuer,
        CAST(substr(json_extract(content, '$.issued_on'), 1, 4) AS INTEGER) AS year
    FROM bulletins
);

CREATE TRIGGER bulletin_imprints_no_update BEFORE UPDATE ON bulletin_imprints
BEGIN SELECT RAISE(ABORT, 'bulletins are never changed'); END;
CREATE TRIGGER bulletin_imprints_no_delete BEFORE DELETE ON bulletin_imprints
BEGIN SELECT RAISE(ABORT, 'bulletins are never deleted'); END;
