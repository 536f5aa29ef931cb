-- What the report of an issue and the look at complaints without an owner are read by.
CREATE INDEX consents_withdrawn ON consents (at) WHERE kind = 'withdrawn';
CREATE INDEX notices_unmatched ON notices (received_at) WHERE kind = 'complaint' AND evidence IN ('named', 'none');
