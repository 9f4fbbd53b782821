"""The commands of the operator's guide, as they stand in it."""

import re
from dataclasses import dataclass
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "operators.md"
# Sections of which a reader types every block.
TYPED = (
    "One machine",
    "Backup and restore",
    "Upgrade",
    "From SQLite to PostgreSQL",
    "When the secret key changes",
)
_PART = re.compile(r"^(#{2,3}) (.+?)\n|^```sh\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    heading: str  # the nearest above it
    commands: str


def typed_blocks() -> list[Block]:
    """All ``sh`` blocks of these sections, in order."""
    section = heading = ""
    blocks = []
    for level, title, commands in _PART.findall(GUIDE.read_text()):
        if title:
            heading = title
            section = title if level == "##" else section
        elif section in TYPED:
            blocks.append(Block(heading, commands))
    return blocks
