"""Administration at the console: people, documents, sessions, and the record of what was done."""
