"""clinic-plugin-check itself: that it finds defects, survives them, and says what they are."""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import reported  # noqa: E402

CHECK = os.environ["CLINIC_PLUGIN_CHECK"]
PLUGINS = pathlib.Path(os.environ["CLINIC_TEST_PLUGIN_DIR"])
SQLITE = os.environ["CLINIC_SQLITE_PLUGIN"]


def run(*arguments, **options):
    return subprocess.run([CHECK, *map(str, arguments)], capture_output=True, text=True, timeout=100, check=False, **options)


def results(*arguments):
    """{check: result} of one plugin, and the exit code."""
    done = run("--json", *arguments)
    (plugin,) = json.loads(done.stdout)
    return {check["check"]: check for check in plugin["checks"]}, done.returncode


class Defects(unittest.TestCase):
    def found(self, defect, check, *more):
        checks, code = results(*more, "--only", check, PLUGINS / "clinic_faulty.so", f"faulty:{defect}")
        self.assertEqual(code, 1)
        return checks[check]

    def test_none(self):
        checks, code = results("--only", "order", PLUGINS / "clinic_faulty.so", "faulty:")
        self.assertEqual(code, 0)
        self.assertEqual({check["result"] for check in checks.values()}, {"ok"})

    def test_a_crash_fails_its_check_and_names_the_call(self):
        """[PLUG-2]"""
        check = self.found("crash", "record.round_trip")
        self.assertEqual(check["result"], "CRASHED")
        self.assertIn("signal 6", check["found"])
        self.assertIn("in insert", check["found"])

    def test_the_others_are_judged_all_the_same(self):
        """[PLUG-2]"""
        checks, code = results("--only", "touch", "--only", "open", PLUGINS / "clinic_faulty.so", "faulty:crash")
        self.assertEqual(code, 1)
        self.assertEqual(checks["touch.field"]["result"], "CRASHED")
        self.assertEqual(checks["open.health"]["result"], "ok")

    def test_a_hang_ends_with_the_time_limit(self):
        """[PLUG-2]"""
        check = self.found("hang", "touch.field", "--time-limit", "2")
        self.assertEqual(check["result"], "HUNG")
        self.assertIn("in touch", check["found"])

    def test_a_process_that_ends_itself_has_not_passed(self):
        check = self.found("exit", "record.round_trip")
        self.assertEqual(check["result"], "CRASHED")
        self.assertIn("exit code 0", check["found"])

    def test_a_broken_promise_says_what_was_expected_and_found(self):
        check = self.found("limitless", "order.limit")
        self.assertEqual(check["result"], "FAILED")
        self.assertEqual(check["expected"], 'the rows up to a limit of 2: ["a", "b"]')
        self.assertEqual(check["found"], '["a", "b", "c"]')

    def test_an_error_without_words_fails_whatever_the_check_is_about(self):
        check = self.found("wordless", "unique.many")
        self.assertIn("answers", check["expected"])

    def test_an_optional_function_is_judged_where_it_is_there(self):
        """[PLUG-3]"""
        check = self.found("deaf", "version.set")
        self.assertEqual(check["result"], "FAILED")
        self.assertEqual((check["expected"], check["found"]), ("the version of a row that was set to 41: 41", "1"))
        checks, code = results("--only", "version.set", PLUGINS / "clinic_faulty.so", "faulty:versionless")
        self.assertEqual(code, 0)
        self.assertEqual(checks["version.set"]["result"], "skipped")
        self.assertIn("optional", checks["version.set"]["reason"])


class Program(unittest.TestCase):
    def test_the_list_has_each_check_with_its_promise(self):
        lines = [line.split("\t") for line in run("--list").stdout.splitlines()]
        self.assertTrue(all(len(line) == 3 and line[2].endswith(".") for line in lines))
        names = [(line[0], line[1]) for line in lines]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len([name for name in names if name[0] == "storage"]), 90)

    def test_without_a_url_the_library_alone_is_judged(self):
        checks, code = results(SQLITE)
        self.assertEqual(code, 0)
        self.assertEqual(checks["plugin.loads"]["result"], "ok")
        self.assertEqual(checks["text.order"]["result"], "skipped")
        self.assertEqual(checks["text.order"]["reason"], "no URL was given")

    def test_several_plugins_are_columns_of_one_table(self):
        done = run("--only", "order.limit", PLUGINS / "clinic_memory.so", "memory:a", PLUGINS / "clinic_faulty.so", "faulty:limitless")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?m)^memory +faulty +storage checks$")
        self.assertRegex(done.stdout, r"(?m)^ok +FAILED +order.limit ")
        self.assertIn("1 passed, 1 failed, 0 skipped", done.stdout)

    def test_a_skip_says_why(self):
        done = run("--only", "process.durable", PLUGINS / "clinic_memory.so", "memory:a")
        self.assertEqual(done.returncode, 0)
        self.assertIn("skipped: memory, process.durable: the data live in one process's memory", done.stdout)

    def test_a_database_with_records_is_refused_and_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            file = f"{folder}/clinic.db"
            self.assertEqual(run("--only", "schema.migrate", SQLITE, f"sqlite:{file}").returncode, 0)
            with sqlite3.connect(file) as database:
                self.assertEqual(database.execute("SELECT count(*) FROM users").fetchone(), (0,))  # tidied up
                database.execute("INSERT INTO number_blocks VALUES ('precious', 1, 0, 1)")
            done = run("--only", "schema.migrate", SQLITE, f"sqlite:{file}")
            self.assertEqual(done.returncode, 1)
            self.assertIn("1 records in it", done.stderr)
            with sqlite3.connect(file) as database:
                self.assertEqual(database.execute("SELECT count(*) FROM number_blocks").fetchone(), (1,))

    def test_what_is_no_plugin_is_refused_with_the_loaders_words(self):
        for file, words in (
            ("clinic_text.so", "the linker says"),
            ("clinic_no_symbol.so", "expected the exported symbol clinic_plugin"),
            ("clinic_abi_2.so", "expected plugin ABI 1.x, found 2.0"),
            ("clinic_nowhere.so", "no such file"),
        ):
            with self.subTest(file=file):
                done = run(PLUGINS / file)
                self.assertEqual(done.returncode, 1)
                self.assertIn(words, done.stderr)

    def test_a_missing_function_fails_its_check(self):
        checks, code = results("--only", "plugin", PLUGINS / "clinic_missing_function.so")
        self.assertEqual(code, 1)
        self.assertIn("lacks required functions: update", checks["plugin.functions"]["found"])

    def test_misuse(self):
        for arguments in ((), ("sqlite:x.db",), ("--only", "nothing", SQLITE), ("no_such_plugin",)):
            with self.subTest(arguments=arguments):
                self.assertEqual(run(*arguments).returncode, 2)


if __name__ == "__main__":
    reported.main("conformance_program")
