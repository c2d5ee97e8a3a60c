"""The includes of this repository follow the rules of includes.py, and a tree that breaks a rule is reported."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import includes

ROOT = Path(__file__).resolve().parents[2]


class Repository(unittest.TestCase):
    def test_every_include_follows_the_rules(self) -> None:
        self.assertEqual([], includes.complaints(ROOT))

    def test_the_rules_see_the_sources(self) -> None:
        for folder in ("sdk/src", *includes.OUTSIDE):
            self.assertGreater(len(list(includes.includes(ROOT, folder))), 20, folder)


@mock.patch.object(includes, "KNOWN", set())
class MadeUp(unittest.TestCase):
    def complaints(self, files: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return includes.complaints(Path(folder))

    def refused(self, file: str, line: str, what: str, *there: str) -> None:
        found = self.complaints({file: f"#pragma once\n{line}\n", **dict.fromkeys(there, "")})
        self.assertEqual(1, len(found), found)
        self.assertIn(what, found[0])
        self.assertTrue(found[0].startswith(f"{file}:2: "), found[0])

    def test_a_lower_folder_and_the_same_folder_may_be_included(self) -> None:
        text = '#include "base/a.hpp"\n#include "engine/b.hpp"\n#include <string>\n#include <clinic/clinic.hpp>\n'
        self.assertEqual([], self.complaints({"sdk/src/engine/call.cpp": text, "sdk/src/base/a.hpp": "", "sdk/src/engine/b.hpp": ""}))

    def test_a_higher_folder_may_not(self) -> None:
        self.refused("sdk/src/base/a.cpp", '#include "meta/b.hpp"', "base is below meta", "sdk/src/meta/b.hpp")
        self.refused("sdk/src/domains/people/a.cpp", '  #  include "domains/sync/b.hpp"', "is below", "sdk/src/domains/sync/b.hpp")

    def test_a_sibling_may_not(self) -> None:
        self.refused("sdk/src/domains/access/a.cpp", '#include "domains/sync/b.hpp"', "are siblings", "sdk/src/domains/sync/b.hpp")

    def test_an_include_is_written_from_the_root(self) -> None:
        self.refused("sdk/src/base/a.cpp", '#include "b.hpp"', "not written from the root", "sdk/src/base/b.hpp")
        self.refused("sdk/src/meta/a.cpp", '#include "../base/b.hpp"', "not written from the root", "sdk/src/base/b.hpp")

    def test_files_of_the_sdk_are_included_in_quotes(self) -> None:
        self.refused("sdk/src/meta/a.cpp", "#include <base/b.hpp>", "in quotes", "sdk/src/base/b.hpp")

    def test_a_folder_has_a_place(self) -> None:
        found = self.complaints({"sdk/src/kitchen/a.cpp": ""})
        self.assertEqual(["sdk/src/kitchen: the folder has no place in LAYERS of tests/structure/includes.py"], found)

    def test_public_headers_bindings_plugins_and_samples_see_nothing_of_it(self) -> None:
        for file in ("sdk/include/clinic/a.hpp", "bindings/cli/a.cpp", "plugins/odb/a.hpp", "samples/first/a.cpp"):
            self.refused(file, "#include <base/b.hpp>", "includes nothing of sdk/src", "sdk/src/base/b.hpp")
        self.refused("bindings/cli/a.cpp", '#include "../../sdk/src/base/b.hpp"', "nothing of sdk/src", "sdk/src/base/b.hpp")

    def test_rooms_do_not_include_each_other(self) -> None:
        self.refused("plugins/mysql/a.hpp", '#include "../sqlite/b.hpp"', "plugins/mysql includes plugins/sqlite", "plugins/sqlite/b.hpp")
        self.assertEqual([], self.complaints({"plugins/mysql/a.hpp": '#include "../odb/b.hpp"\n', "plugins/odb/b.hpp": ""}))

    def test_public_headers_declare(self) -> None:
        self.refused("sdk/include/clinic/a.hpp", "#include <clinic/make_description.hpp>", "do not include it")
        self.refused("sdk/include/clinic/a.hpp", "#include <clinic/plugin/record_model.hpp>", "do not include it")
        self.refused("sdk/include/clinic/a.hpp", '#include "clinic/b.hpp"', "not a header beside", "sdk/include/clinic/b.hpp")

    def test_what_is_known_must_still_be_there(self) -> None:
        files = {"sdk/src/base/a.cpp": '#include "meta/b.hpp"\n', "sdk/src/meta/b.hpp": ""}
        with mock.patch.object(includes, "KNOWN", {("base/a.cpp", "meta/b.hpp")}):
            self.assertEqual([], self.complaints(files))
            files["sdk/src/base/a.cpp"] = ""
            found = self.complaints(files)
        self.assertEqual(1, len(found), found)
        self.assertIn("take it out of KNOWN", found[0])


if __name__ == "__main__":
    unittest.main()
