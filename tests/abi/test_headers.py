"""The plugin headers of today against those of ABI 1.0: nothing moved, nothing went, structs grew at their end only."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import reported  # noqa: E402

FROZEN = ROOT / "tests" / "abi" / "1.0" / "include"
TODAY = ROOT / "sdk" / "include"
HEADERS = ("plugin", "storage", "notifier", "limiter")


def pieces(include):
    """The struct types {name: [member declarations]}, enums {name: [enumerators]}, and the names of those that must not grow."""
    structs, enums, closed = {}, {}, set()
    for header in HEADERS:
        text = (include / "clinic" / "plugin" / f"{header}.h").read_text(encoding="utf-8")
        for comment, name, body in re.findall(
            r"((?:/\*(?:[^*]|\*(?!/))*\*/\s*)?)typedef struct (\w+) \{\n(.*?)^\} \2;", text, re.M | re.S
        ):
            structs[name] = members(body)
            if "FROZEN" in comment:
                closed.add(name)
        for comment, name, body in re.findall(
            r"((?:/\*(?:[^*]|\*(?!/))*\*/\s*)?)enum (\w+) \{(.*?)\};", text, re.M | re.S
        ):
            enums[name] = [e.split("=")[0].strip() for e in without_comments(body).split(",") if e.strip()]
            if "Closed for major 1" in comment:
                closed.add(name)
    return structs, enums, closed


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def members(body):
    """Declarations, each with its blanks made equal; a union with what is in it is one."""
    found, depth, declaration = [], 0, ""
    for letter in without_comments(body):
        declaration += letter
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == ";" and depth == 0:
            found.append(" ".join(declaration.split()))
            declaration = ""
    return found


def member_name(declaration):
    pointer = re.match(r".*?\(\*(\w+)\)\(", declaration)
    if pointer:
        return pointer[1]
    return re.search(r"(\w+)(?:\[\w+\])?;$", declaration)[1]


def numbers(include, structs, enums):
    """{`struct.member`: offset and size, `enumerator`: value} as the C compiler sees them."""
    lines = ["#include <clinic/plugin/limiter.h>", "#include <clinic/plugin/notifier.h>", "#include <clinic/plugin/storage.h>"]
    lines += ["#include <stdio.h>", "int main(void) {"]
    for name, declarations in structs.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        for member in map(member_name, declarations):
            lines.append(
                f'printf("{name}.{member} %zu+%zu\\n", offsetof({name}, {member}), sizeof((({name}*)0)->{member}));'
            )
    for enumerators in enums.values():
        lines += [f'printf("{each} %ld\\n", (long){each});' for each in enumerators]
    lines.append('printf("ABI %u\\n", CLINIC_PLUGIN_ABI_MAJOR); return 0; }')
    with tempfile.TemporaryDirectory() as folder:
        source, program = f"{folder}/numbers.c", f"{folder}/numbers"
        pathlib.Path(source).write_text("\n".join(lines), encoding="utf-8")
        subprocess.run([os.environ.get("CC", "cc"), "-std=c11", f"-I{include}", source, "-o", program], check=True)
        output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return dict(line.split(" ", 1) for line in output.splitlines())


class Headers(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.frozen, cls.today = pieces(FROZEN), pieces(TODAY)

    def test_the_headers_were_understood(self):
        structs, enums, closed = self.frozen
        self.assertIn("clinic_storage_table", structs)
        self.assertIn("clinic_limit_answer", structs)
        self.assertEqual(len(structs["clinic_value"]), 3)
        self.assertIn("CLINIC_PLUGIN_BUSY", enums["clinic_plugin_code"])
        self.assertLessEqual({"clinic_value", "clinic_term", "clinic_order", "clinic_measure", "clinic_operator"}, closed)

    def test_structs_only_grew_at_their_end(self):
        """[PLUG-3]"""
        for name, declarations in self.frozen[0].items():
            with self.subTest(struct=name):
                today = self.today[0].get(name, [])
                if name in self.frozen[2]:
                    self.assertEqual(today, declarations)
                self.assertEqual(today[: len(declarations)], declarations)

    def test_structs_that_grow_say_their_size_first(self):
        """[PLUG-3]"""
        structs, _, closed = self.today
        for name, declarations in structs.items():
            if name not in closed:
                with self.subTest(struct=name):
                    self.assertEqual(declarations[0], "uint32_t struct_size;")

    def test_enumerators_stay(self):
        """[PLUG-3]"""
        for name, enumerators in self.frozen[1].items():
            with self.subTest(enum=name):
                today = self.today[1].get(name, [])
                self.assertEqual(today if name in self.frozen[2] else today[: len(enumerators)], enumerators)

    def test_offsets_sizes_and_values_stay(self):
        """[PLUG-3]"""
        structs, enums, closed = self.frozen
        frozen, today = numbers(FROZEN, structs, enums), numbers(TODAY, structs, enums)
        for what, number in frozen.items():
            with self.subTest(what=what):
                if what in structs and what not in closed:
                    self.assertGreaterEqual(int(today[what]), int(number))
                else:
                    self.assertEqual(today[what], number)

    def test_no_member_hides_in_an_older_structs_padding(self):
        """[PLUG-3] A plugin of that time leaves anything there."""
        structs = self.today[0]
        today = numbers(TODAY, structs, {})
        sizes = numbers(FROZEN, self.frozen[0], {})
        for name, declarations in self.frozen[0].items():
            for member in map(member_name, structs[name][len(declarations) :]):
                with self.subTest(member=f"{name}.{member}"):
                    self.assertGreaterEqual(int(today[f"{name}.{member}"].split("+")[0]), int(sizes[name]))


if __name__ == "__main__":
    reported.main("abi_headers")
