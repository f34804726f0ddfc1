DROP TABLE bulletin_imprints;
