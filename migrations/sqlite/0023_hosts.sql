-- Which mail server gave the reply that a report tells of, and what came in lately.
ALTER TABLE notices ADD COLUMN host TEXT;
CREATE INDEX notices_received ON notices (received_at);
