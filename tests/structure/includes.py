"""Which source file may include which: the layers of sdk/src, and what the other folders see of the SDK.

    python3 tests/structure/includes.py [ROOT]      prints what breaks a rule, as file:line: what
"""

import os
import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple, Optional

# The folders of sdk/src from the bottom up. A folder includes itself and folders of earlier rows. The folders of one row are siblings,
# which do not include each other.
LAYERS = [
    ["base"],
    ["meta/dictionary"],
    ["meta"],
    ["crypto"],
    ["plugins"],
    ["records"],
    ["store"],
    ["operations"],
    ["audit"],
    ["limits"],
    ["messages"],
    ["outbox", "events"],
    ["engine"],
    ["backup"],
    ["domains/credentials"],
    ["domains/people"],
    ["domains/access", "domains/sync", "domains/schedule", "domains/audit_log", "domains/notifications", "domains/events", "domains/system"],
    ["domains/phone_line"],
    ["domains"],
]

# Includes that break a rule today, as (file, included file), both below sdk/src. The list only shrinks: an entry that no longer
# breaks a rule is reported, too.
KNOWN: set[tuple[str, str]] = set()

# Code outside of sdk/src that sees nothing of it. (Tests of parts do, and so does tests/conformance.)
OUTSIDE = ["sdk/include", "bindings", "plugins", "samples"]

# What is made from the SDK's own declarations sees these folders of sdk/src: the mapping of the records, and the documents (engine: the
# built-in profiles).
SEES = {"plugins/odb": {"records", "meta"}, "bindings/cli/docs": {"records", "meta", "engine"}}

# Bindings, plugins and samples are rooms of their own. Those on the right are shared by their neighbours.
ROOMS = {"bindings": [], "plugins": ["odb"], "samples": []}

SUFFIXES = {".c", ".cpp", ".cpp.in", ".h", ".hpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[>"]')


class Include(NamedTuple):
    file: str  # from the root of the repository
    line: int
    quoted: bool
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}"


def includes(root: Path, folder: str) -> Iterator[Include]:
    for path in sorted((root / folder).rglob("*")):
        if not path.is_file() or "".join(path.suffixes) not in SUFFIXES:
            continue
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := INCLUDE.match(text):
                yield Include(path.relative_to(root).as_posix(), number, found[1] == '"', found[2])


def rank(folder: str) -> Optional[int]:
    return next((number for number, row in enumerate(LAYERS) if folder in row), None)


def layers(root: Path) -> Iterator[str]:
    """Includes within sdk/src."""
    source = root / "sdk/src"
    for path in sorted(source.rglob("*")):
        folder = path.parent.relative_to(source).as_posix()
        if path.is_file() and "".join(path.suffixes) in SUFFIXES and folder != "." and rank(folder) is None:
            yield f"sdk/src/{folder}: the folder has no place in LAYERS of tests/structure/includes.py"
    known = set(KNOWN)
    for include in includes(root, "sdk/src"):
        file = include.file[len("sdk/src/") :]
        folder, target = os.path.dirname(file), os.path.dirname(include.name)
        if not (source / include.name).is_file():
            if include.quoted:
                yield f"{include}: not written from the root of sdk/src, or not there"
            continue
        if not include.quoted:
            yield f"{include}: a file of sdk/src is included in quotes"
        own, other = rank(folder), rank(target)
        if folder in ("", target) or own is None or other is None:
            continue  # files in the root see everything; folders without a place are reported above
        if other < own:
            continue
        if (file, include.name) in known:
            known.discard((file, include.name))
        elif other > own:
            yield f"{include}: {folder} is below {target}"
        else:
            yield f"{include}: {folder} and {target} are siblings"
    for file, name in sorted(known):
        yield f"sdk/src/{file}: no longer includes {name}: take it out of KNOWN in tests/structure/includes.py"


def outside(root: Path) -> Iterator[str]:
    """Public headers, bindings, plugins and samples see nothing of sdk/src."""
    for folder in OUTSIDE:
        for include in includes(root, folder):
            beside = os.path.normpath(os.path.join(os.path.dirname(include.file), include.name))
            if include.quoted and (root / beside).is_file():
                found = beside
            else:
                found = f"sdk/src/{include.name}"
            seen = next((folders for place, folders in SEES.items() if include.file.startswith(place + "/")), set())
            if found.startswith("sdk/src/") and (root / found).is_file() and os.path.dirname(include.name) not in seen:
                yield f"{include}: {folder} includes nothing of sdk/src"


def rooms(root: Path) -> Iterator[str]:
    """A binding, a plugin and a sample include no other one."""
    for folder, shared in ROOMS.items():
        for include in includes(root, folder):
            own = include.file.split("/")[1]
            beside = os.path.normpath(os.path.join(os.path.dirname(include.file), include.name)).split("/")
            if include.quoted and beside[0] == folder and beside[1] not in (own, *shared) and (root / "/".join(beside)).is_file():
                yield f"{include}: {folder}/{own} includes {folder}/{beside[1]}"


def public_headers(root: Path) -> Iterator[str]:
    headers = root / "sdk/include"
    for include in includes(root, "sdk/include"):
        file = include.file[len("sdk/include/") :]
        if include.quoted and not ((headers / file).parent / include.name).is_file():
            yield f"{include}: not a header beside this one"


def complaints(root: Path) -> list[str]:
    return [complaint for rule in (layers, outside, rooms, public_headers) for complaint in rule(root)]


if __name__ == "__main__":
    found = complaints(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
    print("\n".join(found) or "Every include follows the rules.")
    sys.exit(1 if found else 0)
