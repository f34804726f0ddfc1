DROP TABLE bulletin_prints;
