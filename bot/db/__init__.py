"""The database: engine, base class, the one writer, jobs, migrations."""
