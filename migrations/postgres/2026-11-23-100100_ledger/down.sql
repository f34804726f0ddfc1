DROP TABLE edits;
DROP TABLE entries;
DROP TABLE ledger;
