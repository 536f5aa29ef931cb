-- The web version of an issue's content: made when the content is stored, the same for every reader. A revision without
-- one is on no page and in no feed.
CREATE TABLE pages (
    revision_id INTEGER PRIMARY KEY NOT NULL REFERENCES revisions (id),
    visibility TEXT NOT NULL,
    -- The inside of an article.
    html TEXT NOT NULL,
    summary TEXT NOT NULL,
    author TEXT NOT NULL,
    image TEXT NOT NULL,
    -- What an editor says of a mistake in an earlier text.
    correction TEXT NOT NULL,
    words INTEGER NOT NULL,
    -- Title, summary and text in lower case: engines do not agree on the case of letters beyond ASCII.
    search TEXT NOT NULL
) STRICT;

-- When the content changed after the issue had begun to go out.
ALTER TABLE issues ADD COLUMN corrected_at INTEGER;
CREATE INDEX issues_published ON issues (newsletter_id, started_at) WHERE state IN ('sending', 'paused', 'sent');
