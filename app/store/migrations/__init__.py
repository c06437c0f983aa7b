"""How the tables came to be, step by step; run by `app.store` when it opens a database."""
