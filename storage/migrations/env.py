"""What Alembic runs for each migration: on the connection that it is given, all steps in one transaction."""

from __future__ import annotations

from alembic import context

from storage.migrations.references import check_references
from storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
    check_references(connection)
