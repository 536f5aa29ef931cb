-- Pictures as they are served and embedded, named by their content. In the database, so that every server has them.
CREATE TABLE images (
    digest TEXT PRIMARY KEY NOT NULL,
    format TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    -- When it was last stored: one that nothing refers to yet is not taken away at once.
    stored_at INTEGER NOT NULL
) STRICT;

-- What the text of a revision calls an image, and how large it shows it. The page of the issue needs it, and the mail
-- that embeds it.
CREATE TABLE revision_images (
    revision_id INTEGER NOT NULL REFERENCES revisions (id),
    name TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES images (digest),
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    embedded INTEGER NOT NULL,
    PRIMARY KEY (revision_id, name)
) STRICT;
CREATE INDEX revision_images_digest ON revision_images (digest);
