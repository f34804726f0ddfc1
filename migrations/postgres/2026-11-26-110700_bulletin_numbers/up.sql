-- Under whose name and numbers a bulletin was issued. An organ is a name in an area; it counts its bulletins
-- from 1 in each year, and the papers under each of its document codes likewise.
CREATE TABLE bulletin_imprints (
    bulletin BIGINT NOT NULL PRIMARY KEY REFERENCES bulletins (no),
    issuer TEXT COLLATE "C" NOT NULL,
    issuer_area BIGINT NOT NULL REFERENCES areas (code),
    signatory TEXT COLLATE "C",
    year BIGINT NOT NULL,
    issue BIGINT NOT NULL,
    document_code TEXT COLLATE "C",
    document_no BIGINT,
    CONSTRAINT bulletin_imprints_issue UNIQUE (issuer_area, issuer, year, issue),
    CONSTRAINT bulletin_imprints_document UNIQUE (issuer_area, document_code, year, document_no),
    CONSTRAINT bulletin_imprints_numbers CHECK (issue >= 1 AND document_no >= 1),
    CONSTRAINT bulletin_imprints_code CHECK ((document_code IS NULL) = (document_no IS NULL))
);

-- Those of before: the area that each speaks of issued it, in the order of their numbers.
INSERT INTO bulletin_imprints (bulletin, issuer, issuer_area, year, issue)
SELECT no, issuer, area, year, ROW_NUMBER() OVER (PARTITION BY area, issuer, year ORDER BY no)
FROM (
    SELECT no, area, content::json ->> 'area_name' AS issuer,
        CAST(substr(content::json ->> 'issued_on', 1, 4) AS BIGINT) AS year
    FROM bulletins
) AS issued;

CREATE TRIGGER bulletin_imprints_no_update BEFORE UPDATE ON bulletin_imprints
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletin_imprints_no_delete BEFORE DELETE OR TRUNCATE ON bulletin_imprints
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
