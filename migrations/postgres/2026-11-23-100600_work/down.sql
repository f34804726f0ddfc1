DROP TABLE api_keys;
DROP TABLE submission_events;
DROP TABLE submission_items;
DROP TABLE submissions;
DROP TABLE progress_report_attachments;
DROP TABLE attachments;
DROP TABLE progress_reports;
