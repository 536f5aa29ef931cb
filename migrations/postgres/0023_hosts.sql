-- Which mail server gave the reply that a report tells of.
ALTER TABLE notices ADD COLUMN host TEXT;
