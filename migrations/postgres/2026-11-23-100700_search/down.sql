DROP TABLE search_grams;
DROP TABLE search_areas;
DROP TABLE search_documents;
