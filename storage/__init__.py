"""SQLite (or PostgreSQL) behind small repositories; the only place that knows SQL."""
