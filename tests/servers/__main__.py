"""python3 tests/servers …, see commands.py."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from servers import commands  # noqa: E402

sys.exit(commands.main())
