"""The steps by which a database comes to today's schema; inside the package, so that an installed wheel has them."""

# In order. Kept here so that a start with nothing to migrate need not load Alembic (a test holds it to the files).
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
)
