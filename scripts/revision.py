"""Write a migration from what the tables say and the newest revision does not: `.venv/bin/python scripts/revision.py
"gloves"`.

It compares against a throw-away database that is brought to the newest revision. Read what it wrote before you commit
it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    from alembic import command

    from bot.db.engine import connect
    from bot.db.migrate import config, upgrade
    from bot.db.schema import load_tables

    if len(sys.argv) != 2:
        print('say in a word or two what changes: scripts/revision.py "gloves"', file=sys.stderr)
        return 2
    load_tables()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.sqlite3"
        upgrade(url)
        engine = connect(url)
        with engine.connect() as connection:
            number = len(list((ROOT / "bot" / "db" / "migrations" / "versions").glob("0*.py"))) + 1
            command.revision(config(connection), message=sys.argv[1], rev_id=f"{number:04}", autogenerate=True)
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    raise SystemExit(main())
