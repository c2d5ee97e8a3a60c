"""No line of a document written by hand is longer than 100 columns.

Tables, code blocks and the comments that mark them may be longer, and so may a single word (a URL, a link).
"""

import re
import sys
import unittest

from test_docs import ROOT, documents

sys.path.insert(0, str(ROOT / "tests" / "support"))
import reported  # noqa: E402

COLUMNS = 100
_FENCE = re.compile(r" *```")
_MAY_BE_LONG = re.compile(r" *\||<!--")  # a row of a table, a comment
_BEFORE_TEXT = re.compile(r" *(?:(?:[-*]|\d+\.) +)?")  # the indentation and the mark of a list's item


def long_lines(text):
    """(number, line) of each line that could be broken before the column."""
    in_block = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            in_block = not in_block
        elif not in_block and len(line) > COLUMNS and not _MAY_BE_LONG.match(line):
            if " " in line[_BEFORE_TEXT.match(line).end() :].strip():
                yield number, line


class Wrapped(unittest.TestCase):
    def test_documents_are_wrapped(self):
        for document in [*documents(), ROOT / "CHANGELOG.md"]:
            for number, line in long_lines(document.read_text(encoding="utf-8")):
                with self.subTest(document=str(document.relative_to(ROOT)), line=number):
                    self.fail(f"{len(line)} columns: {line}")

    def test_what_is_too_long(self):
        word = "https://example.org/" + "a" * COLUMNS
        long = "a word " * 20
        self.assertEqual([number for number, _ in long_lines(f"short\n{long}\n- {long}\n")], [2, 3])
        self.assertEqual(list(long_lines(f"{word}\n- {word}\n| {long} |\n<!-- {long} -->\n```\n{long}\n```\n")), [])
        self.assertEqual([number for number, _ in long_lines(f"```\n{long}\n```\n{long}\n")], [4])


if __name__ == "__main__":
    reported.main("docs_wrapped")
