"""The ports on SQLite, files and a local key; also the fakes of the tests."""
