"""What the log says when the bot starts: the table of models, the owner code, where to chat."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
