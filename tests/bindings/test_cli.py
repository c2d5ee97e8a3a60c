"""The command line tool, as a user meets it. Environment: CLINIC_CLI, the program."""

import fcntl
import hashlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import reported  # noqa: E402

CLI = os.environ.get("CLINIC_CLI", "clinic")
QUICK = '{"password_hash_cost": 4}'  # for tests only


def environment(**more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("CLINIC_") or k == "CLINIC_PLUGIN_PATH"}
    env.update(more)
    return env


def run(*args, stdin="", **env):
    return subprocess.run([CLI, *args], input=stdin, capture_output=True, text=True, env=environment(**env), timeout=60)


def run_on_terminal(*args, columns=100, prompt="", typed="", **env):
    """Runs with standard input, output and errors on a terminal; answers the exit code and what was shown.
    Types a text once the prompt has been shown; several, each once its prompt has been shown again. A pair is a prompt and what is
    typed at it."""
    texts = [each if isinstance(each, tuple) else (prompt, each) for each in ([typed] if isinstance(typed, str) else typed)]
    seen = 0
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(CLI, [CLI, *args], environment(TERM="xterm", **env))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    shown = b""
    while True:
        if not select.select([terminal], [], [], 60)[0]:
            os.kill(pid, signal.SIGKILL)  # it waits for what the test does not type
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
        if texts and texts[0][1] and shown.find(texts[0][0].encode(), seen) >= 0:
            seen = len(shown)
            os.write(terminal, texts.pop(0)[1].encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode().replace("\r\n", "\n")


def without_colours(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


class WithDatabase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="clinic-cli-")
        cls.storage = "sqlite:" + os.path.join(cls.folder, "clinic.db")
        cls.options = ["--storage", cls.storage, "--policy", QUICK]
        subprocess.run([CLI, *cls.options, "init"], env=environment(), check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def clinic(self, *args, **more):
        return run(*self.options, *args, **more)

    def answer(self, *args, **more):
        """Standard output of a call that must work, as JSON."""
        done = self.clinic(*args, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def refusal(self, *args, code=1, **more):
        """The error of a call that must be refused."""
        done = self.clinic(*args, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        error = json.loads(done.stderr)
        self.assertIs(error["success"], False)
        return error


class Call(WithDatabase):
    def test_answer_is_json_on_standard_output(self):
        request = '{"first_name": "Jane", "last_name": "Smith", "email": "jane@example.org"}'
        answer = self.answer("call", "patients.register", request)
        self.assertEqual(answer["message"], "Patient registered successfully")
        number = answer["patient"]["number"]
        self.assertEqual(self.answer("call", "patients.get", json.dumps({"patient": number}))["first_name"], "Jane")

    def test_error_is_json_on_standard_error(self):
        error = self.refusal("call", "patients.register", '{"first_name": "Jane"}')
        self.assertEqual(error["code"], "validation_failed")
        self.assertEqual([f["path"] for f in error["fields"]], ["last_name"])

    def test_request_from_standard_input_and_from_a_file(self):
        request = json.dumps({"first_name": "فاطمة", "last_name": "O'Neill 🩺"}, ensure_ascii=False)
        self.assertEqual(self.answer("call", "patients.register", "-", stdin=request)["patient"]["last_name"], "O'Neill 🩺")
        path = os.path.join(self.folder, "request.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(request)
        self.assertEqual(self.answer("call", "patients.register", "@" + path)["patient"]["first_name"], "فاطمة")

    def test_a_terminal_shows_how_far_a_long_call_has_come(self):
        self.assertEqual(run(*self.options, "patients", "register", "--first-name=Jane", "--last-name=Smith").returncode, 0)
        code, shown = run_on_terminal(*self.options, "sync", "check")
        self.assertEqual(code, 0)
        self.assertRegex(shown, r"\[#+\.*\] \d+ %  \d+ of \d+")
        self.assertNotIn("%", run(*self.options, "sync", "check").stderr)

    def test_no_request_is_an_empty_one(self):
        self.assertIs(self.answer("call", "system.health")["healthy"], True)

    def test_broken_json_is_refused(self):
        self.assertEqual(self.refusal("call", "patients.list", "{")["code"], "malformed_json")

    def test_unknown_operation_names_the_nearest(self):
        done = self.clinic("call", "patients.registr", "{}")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean patients.register?", done.stderr)

    def test_role_limits_what_is_done(self):
        error = self.refusal("--as", "ward", "--as-role", "nurse", "call", "patients.register",
                             '{"first_name": "A", "last_name": "B"}')
        self.assertEqual(error["code"], "forbidden")
        done = self.clinic("--as-role", "nursing", "call", "patients.list")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nurse", done.stderr)

    def test_actor_and_origin_reach_the_audit(self):
        self.answer("--as", "night-desk", "--origin", "10.1.2.3", "call", "patients.register",
                    '{"first_name": "A", "last_name": "B"}')
        entry = self.answer("call", "audit.list", '{"limit": 1, "action": "PATIENT_CREATED"}')["items"][0]
        self.assertEqual((entry["actor_name"], entry["origin"]), ("night-desk", "10.1.2.3"))

    def test_idempotency_key(self):
        call = ["--idempotency-key", "k1", "call", "patients.register", '{"first_name": "Once", "last_name": "Only"}']
        self.assertEqual(self.answer(*call)["patient"]["id"], self.answer(*call)["patient"]["id"])


class FriendlyForm(WithDatabase):
    def test_register_with_flags(self):
        answer = self.answer("patients", "register", "--first-name", "Jane", "--last-name=Smith", "--birth-date",
                             "1990-02-01", "--gender", "female", "--email", "jane@example.org", "--create-portal-account",
                             "--identifiers", "system=urn:mrn,value=77,A", "--identifiers", '{"system":"lab","value":"x=y"}')
        self.assertIs(answer["portal_created"], True)
        self.assertEqual(len(answer["portal_credentials"]["temporary_password"]), 12)
        patient = answer["patient"]
        self.assertEqual((patient["birth_date"], patient["gender"]), ("1990-02-01", "female"))
        listed = self.answer("patients", "identifiers", "list", patient["number"])["identifiers"]
        self.assertCountEqual([(i["system"], i["value"]) for i in listed], [("urn:mrn", "77,A"), ("lab", "x=y")])

    def test_main_field_needs_no_flag(self):
        made = self.answer("patients", "register", "--first-name", "operations", "--last-name", "Plain")["patient"]
        self.assertEqual(self.answer("patients", "get", made["number"])["id"], made["id"])
        self.assertEqual(self.answer("patients", "get", "--patient", made["id"])["number"], made["number"])
        # a word of the command line as a value
        self.assertEqual(self.answer("patients", "search", "operations")["items"][0]["id"], made["id"])

    def test_nested_groups(self):
        number = self.answer("patients", "register", "--first-name", "N", "--last-name", "G")["patient"]["number"]
        self.answer("patients", "medical-history", "update", "--patient", number, "--history", "Line 1\nLine 2")
        self.assertEqual(self.answer("patients", "medical-history", "get", "--patient", number)["history"], "Line 1\nLine 2")

    def test_clear_empties_a_field_and_absence_leaves_it(self):
        made = self.answer("patients", "register", "--first-name", "C", "--last-name", "L", "--address", "Here",
                           "--allergies", "Nuts")["patient"]
        changed = self.answer("patients", "update", made["number"], "--clear", "address")
        self.assertEqual((changed["address"], changed["allergies"]), (None, "Nuts"))
        self.assertIsNone(self.answer("patients", "update", made["number"], "--allergies=", "--last-name", "M")["allergies"])
        done = self.clinic("patients", "update", made["number"], "--clear", "addres")
        self.assertEqual(done.returncode, 2)

    def test_flags_can_be_switched_off(self):
        answer = self.answer("patients", "register", "--first-name", "N", "--last-name", "O", "--no-create-portal-account")
        self.assertIs(answer["portal_created"], False)
        self.assertEqual(self.answer("audit", "list", "--no-newest-first", "--limit", "1")["items"][0]["action"], "PATIENT_CREATED")

    def test_role_is_a_field_where_the_operation_has_one(self):
        made = self.answer("users", "create", "--role", "nurse", "--username", "florence")
        self.assertEqual(made["user"]["role"], "nurse")
        error = self.refusal("--as-role", "nurse", "users", "create", "--role", "nurse", "--username", "mary")
        self.assertEqual(error["code"], "forbidden")

    def test_password_from_standard_input_or_file(self):
        self.answer("users", "create", "--role", "nurse", "--username", "a", "--password", "-", stdin="correct horse\n")
        path = os.path.join(self.folder, "password")
        with open(path, "w", encoding="utf-8") as file:
            file.write("battery staple\n")
        self.answer("users", "create", "--role", "nurse", "--username", "b", "--password-file", path)
        error = self.refusal("users", "create", "--role", "nurse", "--username", "c", "--password", "-", stdin="short\n")
        self.assertEqual(error["fields"][0]["path"], "password")
        self.assertNotIn("short\n", json.dumps(error))

    def test_password_is_asked_for_without_echo_on_a_terminal(self):
        code, shown = run_on_terminal(*self.options, "users", "create", "--role", "nurse", "--username", "typed",
                                      "--password", "-", prompt="password:", typed="correct horse\n")
        self.assertEqual(code, 0, shown)
        self.assertNotIn("horse", shown)

    def test_a_signal_at_a_password_leaves_the_echo_as_it_was(self):
        for typed, sent, ended in (("\x03", None, signal.SIGINT), ("\x1c", None, signal.SIGQUIT), ("", signal.SIGTERM, signal.SIGTERM)):
            with self.subTest(ended=ended):
                here, there = pty.openpty()
                asking = subprocess.Popen([CLI, *self.options, "admin", "create", "--username", "nobody"], stdin=there, stdout=there,
                                          stderr=there, env=environment(), start_new_session=True,
                                          preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
                shown = b""
                while b"password: " not in shown:
                    self.assertTrue(select.select([here], [], [], 60)[0])
                    shown += os.read(here, 1000)
                self.assertFalse(termios.tcgetattr(there)[3] & termios.ECHO)
                os.write(here, typed.encode())
                if sent:
                    asking.send_signal(sent)
                self.assertEqual(asking.wait(timeout=60), -ended)
                self.assertTrue(termios.tcgetattr(there)[3] & termios.ECHO)
                os.close(here)
                os.close(there)

    def test_missing_fields_are_named_as_flags(self):
        done = self.clinic("patients", "register", "--email", "x@example.org")
        self.assertEqual(done.returncode, 2)
        self.assertIn("missing: --first-name, --last-name", done.stderr)

    def test_texts_that_look_like_flags_or_json(self):
        for name in ("--help", "-", "[a,b]", "{}", "@x", "a=b,c", "-5"):
            with self.subTest(name):
                done = self.answer("patients", "register", "--first-name", name, "--last-name", "X")
                self.assertEqual(done["patient"]["first_name"], name)

    def test_field_errors_come_from_the_sdk(self):
        error = self.refusal("patients", "register", "--first-name", "A", "--last-name", "B", "--gender", "femal")
        self.assertEqual(error["fields"][0]["path"], "gender")


class Usage(unittest.TestCase):
    def test_unknown_flag_suggests(self):
        done = run("patients", "register", "--fist-name", "Jane")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean --first-name?", done.stderr)
        self.assertNotIn("Jane", done.stderr)

    def test_unknown_command_suggests(self):
        for words, meant in ((["patient"], "patients"), (["patients", "lst"], "list")):
            done = run(*words)
            self.assertEqual(done.returncode, 2)
            self.assertIn("did you mean " + meant, done.stderr)

    def test_one_word_too_many(self):
        done = run("call", "system.health", "{}", "more")
        self.assertEqual(done.returncode, 2)
        self.assertIn("too many", done.stderr)

    def test_integer_flag_wants_an_integer(self):
        done = run("--storage", "sqlite:nowhere.db", "patients", "list", "--limit", "ten")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--limit wants an integer", done.stderr)
        self.assertFalse(os.path.exists("nowhere.db"))

    def test_no_database_named(self):
        done = run("patients", "list")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--storage", done.stderr)

    def test_help_for_every_command(self):
        """Help exists for each operation and group, and needs no database."""
        table = json.loads(run("operations", "--json").stdout)["operations"]
        self.assertGreater(len(table), 20)
        groups = {()}
        for row in table:
            words = row["name"].replace("_", "-").split(".")
            groups.update(tuple(words[:n]) for n in range(1, len(words)))
            shown = run(*words, "--help", COLUMNS="100").stdout
            self.assertIn(row["help"][:40], shown)
            for field in row["request_schema"]["properties"]:
                self.assertIn("--" + field.replace("_", "-"), shown, row["name"])
        for group in groups:
            shown = run(*group, "--help")
            self.assertEqual(shown.returncode, 0)
            self.assertIn("Usage:", shown.stdout)

    def test_help_tells_words_limits_defaults_and_dangers(self):
        shown = " ".join(run("patients", "register", "--help", COLUMNS="120").stdout.split())
        for told in ("male|female|other|unknown", "at most 100 characters", "Required:", "--password-file", "others can read it",
                     "system=…,value=…", "receptionist"):
            self.assertIn(told, shown)
        self.assertIn("default 50", " ".join(run("patients", "list", "--help").stdout.split()))

    def test_help_fits_the_width(self):
        for width in (60, 100):
            shown = run("patients", "register", "--help", COLUMNS=str(width)).stdout
            long = [line for line in shown.splitlines() if len(line) > max(width, 72)]
            self.assertEqual(long, [])

    def test_help_names_the_environment(self):
        """[CONF-1] All that the tool, the SDK and the plugins in it look for, and nothing else."""
        root = pathlib.Path(__file__).resolve().parents[2]
        read = set()
        for folder in ("bindings/cli", "sdk/src", "plugins"):
            for file in (*(root / folder).rglob("*.cpp"), *(root / folder).rglob("*.hpp")):
                read.update(re.findall(r'getenv\("(\w+)"\)', file.read_text(encoding="utf-8")))
        self.assertIn("CLINIC_TOKEN", read)
        configuration = (root / "docs" / "configuration.md").read_text(encoding="utf-8")
        keys = re.findall(r"(?m)^\| `\w+` \| `(CLINIC_\w+)` \|", configuration)
        self.assertIn("CLINIC_STORAGE", keys)
        names = re.findall(r"(?m)^\| `([A-Z_]+)` \| `[a-z_.]+` \|", configuration)
        self.assertIn("DATABASE_URI", names)
        told = set()
        for page in (["--help"], ["serve", "--help"]):
            section = run(*page, COLUMNS="120").stdout.split("Environment:\n")[1].split("\n\n")[0]
            told.update(re.findall(r"(?m)^  (\w+)", section))
        self.assertEqual(told, read.union(keys, names))

    def test_group_alone_shows_help(self):
        done = run("patients")
        self.assertEqual(done.returncode, 2)
        self.assertIn("medical-history", done.stderr)

    def test_alone_and_help_show_help(self):
        done = run()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Usage: clinic COMMAND", done.stdout)
        self.assertEqual(run("help").stdout, done.stdout)
        self.assertEqual(run("help", "patients", "register").stdout, run("patients", "register", "--help").stdout)
        done = run("help", "patient")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean patients?", done.stderr)

    def test_usage_says_that_the_main_fields_flag_may_be_left_out(self):
        self.assertIn("Usage: clinic patients get [--patient] PATIENT [OPTIONS]", run("patients", "get", "--help").stdout)

    def test_a_flag_without_its_value(self):
        done = run("patients", "register", "--email")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--email needs a value", done.stderr)
        self.assertIn("missing: OPERATION", run("call").stderr)

    def test_unknown_columns_are_refused(self):
        done = run("--storage", "sqlite:nowhere.db", "patients", "list", "--columns", "number,last-nam")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean last_name?", done.stderr)
        done = run("--storage", "sqlite:nowhere.db", "patients", "get", "P1", "--columns", "number")
        self.assertEqual(done.returncode, 2)
        self.assertIn("pages", done.stderr)

    def test_lists_go_on_in_lines_instead_of_being_cut(self):
        for command, words in (("errors", "Use another email, or link the account that has this one."),
                               ("operations", "One user (")):
            code, shown = run_on_terminal(command, columns=90)
            self.assertEqual(code, 0)
            self.assertNotIn("…", shown)
            self.assertIn(words, " ".join(without_colours(shown).split()))
            self.assertLessEqual(max(map(len, without_colours(shown).splitlines())), 90)

    def test_version(self):
        done = run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^clinic \d+\.\d+\.\d+\n$")

    def test_errors_are_listed(self):
        codes = {e["code"]: e for e in json.loads(run("errors").stdout)["errors"]}
        self.assertEqual(codes["duplicate_email"]["status"], 409)
        self.assertIs(codes["busy"]["retryable"], True)
        self.assertEqual(json.loads(run("errors", "duplicate_email").stdout), codes["duplicate_email"])
        done = run("errors", "duplicate_emial")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean duplicate_email?", done.stderr)


class Opening(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="clinic-cli-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.database = os.path.join(self.folder, "clinic.db")

    def test_init_says_what_it_made(self):
        """[CONF-3]"""
        made = json.loads(run("--storage", "sqlite:" + self.database, "init").stdout)
        self.assertIn(self.database, made["made"])
        key = [f for f in made["made"] if "key" in f]
        self.assertEqual(len(key), 1)
        self.assertEqual(os.stat(key[0]).st_mode & 0o777, 0o600)
        self.assertGreaterEqual(made["schema_version"], 1)
        again = json.loads(run("--storage", "sqlite:" + self.database, "init").stdout)
        self.assertEqual(again["made"], [])
        self.assertEqual((made["schema"], again["schema"]), ("made", "present"))

    def test_init_points_at_the_key_alone(self):
        """[CONF-3] However the database is called."""
        database = os.path.join(self.folder, "monkey.db")
        code, shown = run_on_terminal("--storage", "sqlite:" + database, "init", columns=200)
        self.assertEqual(code, 0, shown)
        lines = without_colours(shown).splitlines()
        self.assertEqual([line.split()[1] for line in lines if "back it up" in line], [database + ".key"])
        self.assertTrue(any(line.startswith("made the schema, version ") for line in lines), shown)
        self.assertIn("nothing to make", run_on_terminal("--storage", "sqlite:" + database, "init")[1])

    def test_a_mistyped_database_is_not_made(self):
        """Only init and schema migrate make one."""
        storage = "sqlite:" + self.database
        for words in (["patients", "list"], ["call", "system.health"], ["schema", "status"],
                      ["admin", "create", "--username", "root", "--password-stdin"]):
            with self.subTest(words):
                done = run("--storage", storage, *words, stdin="correct horse battery\n")
                self.assertEqual(done.returncode, 3)
                field = json.loads(done.stderr)["fields"][0]
                self.assertEqual(field["path"], "storage")
                self.assertEqual(field["message"], f"There is no database {self.database}; `clinic init` makes one.")
                self.assertEqual(os.listdir(self.folder), [])
        for words in (["init"], ["schema", "migrate"], ["patients", "list"]):
            done = run("--storage", f"sqlite:{self.folder}/no/clinic.db", *words)
            self.assertEqual(done.returncode, 3)
            self.assertIn(f"There is no folder {self.folder}/no", done.stderr)
        code, shown = run_on_terminal("--storage", storage, "patients", "list", columns=200)
        self.assertEqual(code, 3)
        self.assertIn("There is no database " + self.database, without_colours(shown))
        self.assertEqual(run("--storage", storage, "schema", "migrate").returncode, 0)
        self.assertEqual(sorted(f for f in os.listdir(self.folder) if "-" not in f), ["clinic.db", "clinic.db.key"])
        self.assertEqual(run("--storage", storage, "call", "system.health").returncode, 0)
        self.assertEqual(run("--storage", "sqlite::memory:", "call", "system.health").returncode, 0)

    def test_unknown_scheme_names_what_there_is(self):
        detail = json.loads(run("--storage", "sqlit:x.db", "call", "system.health").stderr)["detail"]
        self.assertIn("did you mean sqlite?", detail)
        self.assertRegex(detail, r"Found: [a-z, ]*sqlite")

    def test_storage_from_environment_and_file_and_their_order(self):
        """[CONF-1]"""
        config = os.path.join(self.folder, "clinic.json")
        with open(config, "w", encoding="utf-8") as file:
            json.dump({"storage": "sqlite:" + self.database + ".file", "profile": "portal"}, file)
        self.assertEqual(json.loads(run("--config", config, "init").stdout)["profile"], "portal")
        self.assertTrue(os.path.exists(self.database + ".file"))
        run("--config", config, "init", CLINIC_STORAGE="sqlite:" + self.database + ".env")
        self.assertTrue(os.path.exists(self.database + ".env"))
        run("--storage", "sqlite:" + self.database, "init", CLINIC_STORAGE="sqlite:" + self.database + ".no")
        self.assertTrue(os.path.exists(self.database))
        self.assertFalse(os.path.exists(self.database + ".no"))

    def test_cannot_open_has_its_own_exit_code(self):
        for args in (["--storage", "nosuch:thing"], ["--storage", "sqlite:" + self.database, "--profile", "nosuch"],
                     ["--config", os.path.join(self.folder, "missing.json")]):
            with self.subTest(args):
                done = run(*args, "call", "system.health")
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIs(json.loads(done.stderr)["success"], False)

    def test_a_wrong_key_is_named_by_where_it_comes_from(self):
        """[CONF-3] The same error, whether it is no key or another one."""
        storage = ["--storage", "sqlite:" + self.database]
        run(*storage, "init")
        other = hashlib.sha256(b"another key").hexdigest()
        for key, code in (("short", "invalid_format"), ("a" * 65, "invalid_format"), ("a" * 64, "weak_key"), (other, "wrong_key")):
            done = run(*storage, "patients", "list", CLINIC_MASTER_KEY=key)
            error = json.loads(done.stderr)
            self.assertEqual((done.returncode, error["code"]), (3, "key_wrong"))
            self.assertEqual([(f["path"], f["code"]) for f in error["fields"]], [("master_key", code)])
            self.assertNotIn(key, done.stderr)
        with open(self.database + ".key", "w", encoding="utf-8") as file:
            file.write(other)
        field = json.loads(run(*storage, "patients", "list").stderr)["fields"][0]
        self.assertEqual(field["path"], "master_key_file")
        self.assertIn(self.database + ".key", field["message"])

    def test_unknown_configuration_key_is_refused_with_a_suggestion(self):
        """[CONF-1]"""
        config = os.path.join(self.folder, "clinic.json")
        with open(config, "w", encoding="utf-8") as file:
            json.dump({"storag": "sqlite:x.db"}, file)
        error = json.loads(run("--config", config, "call", "system.health").stderr)
        self.assertEqual(error["code"], "configuration_invalid")
        self.assertIn("storage", error["fields"][0]["message"])

    def test_retryable_errors_have_their_own_exit_code(self):
        """A database that another process holds: the call may succeed later."""
        import sqlite3

        run("--storage", "sqlite:" + self.database, "init")
        other = sqlite3.connect(self.database, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN EXCLUSIVE")
        done = run("--storage", "sqlite:" + self.database, "call", "patients.register", '{"first_name":"A","last_name":"B"}')
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIs(json.loads(done.stderr)["retryable"], True)


class Plugins(unittest.TestCase):
    def test_lists_and_checks(self):
        """[PLUG-1]"""
        done = run("plugins")
        self.assertEqual(done.returncode, 0, done.stdout)
        plugins = json.loads(done.stdout)["plugins"]
        sqlite = [p for p in plugins if p["name"] == "sqlite"]
        self.assertEqual(len(sqlite), 1)
        self.assertEqual((sqlite[0]["kind"], sqlite[0]["usable"]), ("storage", True))
        self.assertTrue(os.path.isabs(sqlite[0]["path"]))

    def test_a_refusal_says_why(self):
        """[PLUG-1]"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "clinic_broken.so")
            with open(path, "w", encoding="utf-8") as file:
                file.write("no library")
            done = run("plugins", CLINIC_PLUGIN_PATH=folder)
            self.assertEqual(done.returncode, 1)
            broken = [p for p in json.loads(done.stdout)["plugins"] if p["path"] == path]
            self.assertEqual(len(broken), 1)
            self.assertEqual(broken[0]["refusal"], path + ": expected a shared library that this machine can load; the linker says: file too short")
            code, shown = run_on_terminal("plugins", CLINIC_PLUGIN_PATH=folder)
            self.assertEqual(code, 1)
            self.assertIn("refused:", without_colours(shown))


class Admin(WithDatabase):
    """The first administrator of a new clinic."""

    def create(self, *flags, password="correct horse battery\n", **more):
        return self.clinic("admin", "create", *flags, "--password-stdin", stdin=password, **more)

    def test_made_with_a_password_from_standard_input(self):
        done = self.create("--email", "ada@example.org", "--first-name", "Ada", "--last-name", "Lovelace")
        self.assertEqual(done.returncode, 0, done.stderr)
        user = json.loads(done.stdout)["user"]
        self.assertEqual((user["role"], user["email"], user["first_name"], user["active"]),
                         ("superadmin", "ada@example.org", "Ada", True))
        self.assertNotIn("horse", done.stdout)
        self.assertEqual(self.answer("users", "get", user["id"])["last_name"], "Lovelace")
        self.assertEqual(json.loads(self.create("--username", "second", "--admin").stdout)["user"]["role"], "admin")

    def test_asks_twice_without_echo_on_a_terminal(self):
        typed = ["correct horse battery\n", "correct horse battery\n"]
        code, shown = run_on_terminal(*self.options, "admin", "create", "--username", "typed", prompt=": ", typed=typed)
        self.assertEqual(code, 0, shown)
        self.assertNotIn("horse", shown)
        self.assertIn("superadmin", shown)
        code, shown = run_on_terminal(*self.options, "admin", "create", "--username", "twice", prompt=": ",
                                      typed=["correct horse battery\n", "wrong horse battery\n"])
        self.assertEqual(code, 2, shown)
        self.assertIn("differ", shown)
        self.assertNotIn("horse", shown)

    def test_refusals(self):
        for flags, more, told in ((["--first-name", "A"], {}, "--email or --username"),
                                  (["--username", "x", "--password", "geheim"], {}, "no flag --password"),
                                  (["--username", "x"], {"password": ""}, "ended before the password")):
            with self.subTest(flags):
                done = self.create(*flags, **more)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(told, done.stderr)
                self.assertNotIn("geheim", done.stderr)
        done = self.clinic("admin", "create", "--username", "x")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--password-stdin", done.stderr)
        done = self.create("--username", "short", password="short\n")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stderr)["fields"][0]["path"], "password")
        self.create("--email", "twice@example.org")
        self.assertEqual(json.loads(self.create("--email", "twice@example.org").stderr)["code"], "duplicate_email")


class Audit(WithDatabase):
    def test_a_fault_is_an_exit_code(self):
        """[AUDIT-3] For cron: `clinic audit verify || alarm`."""
        self.assertEqual(self.clinic("audit", "verify").returncode, 0)
        self.answer("patients", "register", "--first-name", "Jane", "--last-name", "Smith")
        with sqlite3.connect(self.storage.split(":", 1)[1]) as database:
            database.execute("UPDATE audit_entries SET actor_name = 'somebody else'")
        database.close()
        for command in (["audit", "verify"], ["call", "audit.verify"]):
            verified = self.clinic(*command)
            self.assertEqual(verified.returncode, 1)
            self.assertIs(json.loads(verified.stdout)["valid"], False)

    def test_what_a_check_finds_is_an_exit_code(self):
        """[CONF-3] For cron: `clinic system check || alarm`."""
        self.assertEqual(self.clinic("system", "check").returncode, 0)
        key = self.storage.split(":", 1)[1] + ".key"
        os.chmod(key, 0o644)
        checked = self.clinic("system", "check", CLINIC_LOG_LEVEL="warning")
        self.assertEqual(checked.returncode, 1)
        self.assertEqual([p["remedy"] for p in json.loads(checked.stdout)["problems"]], [f"chmod 600 '{key}'"])
        self.assertIn(key, checked.stderr)

    def test_a_seal_without_its_anchor_is_an_exit_code(self):
        """[AUDIT-3] For cron: `clinic audit seal || alarm`."""
        anchors = os.path.join(self.folder, "anchors")
        self.answer("patients", "register", "--first-name", "Jane", "--last-name", "Smith")
        self.assertEqual(self.clinic("audit", "seal", CLINIC_AUDIT_ANCHOR_FILE=anchors).returncode, 0)
        os.remove(anchors)
        os.mkdir(anchors)
        sealed = self.clinic("audit", "seal", CLINIC_AUDIT_ANCHOR_FILE=anchors)
        self.assertEqual((sealed.returncode, json.loads(sealed.stdout)["anchors_failed"]), (1, 1))
        done = self.clinic("audit", "seal", CLINIC_AUDIT_ANCHOR_FILE=anchors + ".d/anchors")
        self.assertEqual((done.returncode, json.loads(done.stderr)["fields"][0]["path"]), (3, "audit_anchor_file"))


class Faults(WithDatabase):
    def test_conflicts_are_an_exit_code(self):
        """[AUTH-8][SYNC-5] For scripts: what was not imported, or not linked, is no success; what was, stands."""
        def users(*hashes):
            return json.dumps({"users": [{"id": f"old-{i}", "username": f"user{i}", "role": "nurse", "imported_hash": each} for i, each in enumerate(hashes)]})

        good = "pbkdf2_sha256$1000$somesalt$aChdZxa+U/bpTeb+Zo9J5pwLhtv0JMaYSFk5Jg+vL4M="
        done = self.clinic("call", "users.import", users(good, good[:-1]))
        self.assertEqual((done.returncode, len(json.loads(done.stdout)["conflicts"])), (1, 1), done.stderr)
        self.assertEqual(json.loads(done.stdout)["users_created"], 1)
        self.assertEqual(self.clinic("call", "users.import", users(good)).returncode, 0)

        self.assertEqual(self.clinic("sync", "run").returncode, 0)
        self.answer("users", "create", "--email", "jane@example.org", "--first-name", "Jane", "--last-name", "Smith")
        with sqlite3.connect(self.storage.split(":", 1)[1]) as database:  # as it was before the clinic had the SDK
            database.executescript("DELETE FROM patients; UPDATE users SET patient_id = NULL;")
        database.close()
        self.answer("patients", "register", "--first-name", "Jane", "--last-name", "Smith", "--email", "jane@example.org")
        run = self.clinic("sync", "run")
        self.assertEqual((run.returncode, json.loads(run.stdout)["conflict_count"]), (1, 1), run.stderr)

    def test_the_table_says_by_which_field_an_answer_tells_of_a_fault(self):
        """[AUDIT-3] Declared in the operation's row, not guessed from names."""
        told = {row["name"]: row["fault_field"] for row in self.answer("call", "system.operations")["operations"] if row.get("fault_field")}
        self.assertEqual(told, {"audit.verify": "valid", "audit.seal": "anchors_failed", "system.check": "valid", "sync.run": "conflict_count", "sync.check": "valid", "sync.repair": "clean", "patients.create_accounts": "accounts_refused", "users.import": "conflicts"})


class OnATerminal(WithDatabase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for first, last in (("Jane", "Smith"), ("فاطمة", "علي"), ("Evil", "gnp.exe"), ("患者", "山田")):
            subprocess.run([CLI, *cls.options, "call", "patients.register", "-"], env=environment(), check=True,
                           capture_output=True, text=True,
                           input=json.dumps({"first_name": first, "last_name": last, "address": "A street " * 20}))
        with sqlite3.connect(cls.storage.split(":", 1)[1]) as database:  # as earlier versions took names
            database.execute("UPDATE patients SET first_name = ?, last_name = ? WHERE first_name = 'Evil'",
                             ("Evil\x1b[31m", "\u202egnp.exe"))
        database.close()

    def test_lists_are_tables_that_fit(self):
        for columns in (60, 100, 160):
            code, shown = run_on_terminal(*self.options, "patients", "list", columns=columns)
            self.assertEqual(code, 0, shown)
            lines = without_colours(shown).splitlines()
            self.assertTrue(lines[0].startswith("number"), lines[0])
            self.assertIn("Jane", shown)
            for line in lines:
                wide = sum(1 for c in line if "\u4e00" <= c <= "\u9fff")
                self.assertLessEqual(len(line) + wide, columns, line)

    def test_columns_can_be_chosen(self):
        _, shown = run_on_terminal(*self.options, "patients", "list", "--columns", "last-name,number")
        self.assertRegex(without_colours(shown).splitlines()[0], r"^last_name +number$")

    def test_records_cannot_move_the_cursor(self):
        _, shown = run_on_terminal(*self.options, "patients", "list", NO_COLOR="1")
        self.assertNotIn("\x1b", shown)
        self.assertNotIn("\u202e", shown)
        self.assertIn("<U+001B>[31m", shown)

    def test_record_is_readable(self):
        code, shown = run_on_terminal(*self.options, "patients", "register", "--first-name", "On", "--last-name", "Screen",
                                      "--email", "on@example.org", "--create-portal-account")
        self.assertEqual(code, 0, shown)
        text = without_colours(shown)
        for told in ("Patient registered successfully with portal account", "temporary_password", "first_name", "On"):
            self.assertIn(told, text)
        self.assertNotIn("{", text)

    def test_json_on_request(self):
        _, shown = run_on_terminal(*self.options, "patients", "list", "--json", columns=200)
        self.assertEqual(json.loads(shown)["items"][0]["first_name"], "Jane")

    def test_colours_only_where_wanted(self):
        self.assertIn("\x1b[1m", run_on_terminal(*self.options, "patients", "list")[1])
        self.assertNotIn("\x1b[1m", run_on_terminal(*self.options, "patients", "list", NO_COLOR="1")[1])
        self.assertNotIn("\x1b", self.clinic("patients", "list").stdout)

    def test_errors_are_for_people(self):
        code, shown = run_on_terminal(*self.options, "patients", "get", "P1999999")
        self.assertEqual(code, 1)
        self.assertIn("(not_found)", without_colours(shown))
        self.assertNotIn("{", shown)


class Backup(WithDatabase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run(*cls.options, "patients", "register", "--first-name", "Jane", "--last-name", "Smith", "--number", "J-1",
            "--allergies", "penicillin")

    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="clinic-cli-")
        self.addCleanup(shutil.rmtree, self.place)
        self.file = os.path.join(self.place, "clinic.backup")
        self.restored = os.path.join(self.place, "restored.db")
        self.there = ["--storage", "sqlite:" + self.restored, "--policy", QUICK]

    def test_there_and_back(self):
        """[CONF-3]"""
        made = self.answer("backup", self.file)
        self.assertEqual((made["file"], made["key_file"]), (self.file, self.file + ".key"))
        for file in (self.file, self.file + ".key"):
            self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)
        self.assertIn({"record": "Patient", "rows": 1}, made["records"])
        done = run(*self.there, "restore", self.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual((report["rows"], report["records"]), (made["rows"], made["records"]))
        self.assertEqual(report["created_at"], made["created_at"])
        self.assertEqual((report["key_file"], report["key_configured"]), (self.restored + ".key", True))
        self.assertEqual((report["patients_checked"], report["accounts_unlinked"]), (1, 0))
        jane = json.loads(run(*self.there, "patients", "get", "J-1").stdout)
        self.assertEqual(jane["allergies"], "penicillin")

    def test_who_restored_is_audited(self):
        """[CONF-3][AUDIT-1]"""
        self.answer("backup", self.file)
        for actor, code in ((["--as", " "], 1), (["--as", "night-desk", "--origin", "10.1.2.3"], 0)):
            self.assertEqual(run(*self.there, *actor, "restore", self.file).returncode, code)
        entry = json.loads(run(*self.there, "audit", "list", "--limit", "1").stdout)["items"][0]
        self.assertEqual((entry["action"], entry["actor_name"], entry["origin"]), ("BACKUP_RESTORED", "night-desk", "10.1.2.3"))
        self.assertEqual(run(*self.there, "audit", "verify").returncode, 0)

    def test_with_the_key_elsewhere(self):
        """[CONF-3][ACCESS-5]"""
        self.assertIsNone(self.answer("backup", self.file, "--without-key")["key_file"])
        done = run(*self.there, "restore", self.file)
        self.assertEqual((done.returncode, json.loads(done.stderr)["code"]), (3, "key_missing"))
        key = os.path.join(self.folder, "clinic.db.key")
        self.assertEqual(run(*self.there, "restore", self.file, "--key-file", key).returncode, 0)
        self.assertEqual(run(*self.there, "patients", "get", "J-1").returncode, 0)

    def test_without_a_mac(self):
        """[CONF-3] Made where the key is not, it is taken only when that is asked for."""
        key = os.path.join(self.folder, "kept.key")
        os.rename(os.path.join(self.folder, "clinic.db.key"), key)
        self.assertIs(self.answer("backup", self.file, "--without-key")["has_mac"], False)
        done = run(*self.there, "restore", self.file, "--key-file", key)
        self.assertEqual((done.returncode, json.loads(done.stderr)["code"]), (1, "backup_invalid"))
        self.assertIn("--unsigned", json.loads(done.stderr)["detail"])
        done = run(*self.there, "restore", self.file, "--key-file", key, "--unsigned")
        self.assertEqual((done.returncode, json.loads(done.stdout)["has_mac"]), (0, False))

    def test_what_is_refused(self):
        """[CONF-3]"""
        self.answer("backup", self.file)
        error = self.refusal("backup", self.file)
        self.assertEqual([(f["path"], f["code"]) for f in error["fields"]], [("file", "exists")])
        self.assertEqual(error["fields"][0]["message"], f"There is a file {self.file} already. --force replaces it.")
        self.assertEqual(error["detail"], error["fields"][0]["message"])
        self.answer("backup", self.file, "--force")
        self.assertEqual(self.refusal("restore", self.file)["code"], "database_not_empty")
        with open(self.file, "r+b") as file:
            file.truncate(os.path.getsize(self.file) - 20)
        done = run(*self.there, "restore", self.file)
        self.assertEqual((done.returncode, json.loads(done.stderr)["code"]), (1, "backup_invalid"))
        self.assertFalse(os.path.exists(self.restored))
        done = run(*self.there, "backup", os.path.join(self.place, "other"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("There is no database", done.stderr)
        for words in (["backup"], ["restore"], ["backup", self.file, "more"]):
            self.assertEqual(self.clinic(*words).returncode, 2)

    def test_on_a_terminal_it_is_readable(self):
        code, shown = run_on_terminal(*self.options, "backup", self.file, columns=160)
        text = without_colours(shown)
        self.assertEqual(code, 0, shown)
        self.assertIn(f"made {self.file}.key   the key: keep it, and apart from the backup", text)
        self.assertRegex(text, r"(?m)^ *Patient +1$")
        self.assertNotIn("{", text)
        code, shown = run_on_terminal(*self.there, "restore", self.file, columns=160)
        text = without_colours(shown)
        self.assertEqual(code, 0, shown)
        self.assertRegex(text, r"restored \d+ rows, and checked them")
        self.assertIn("Everyone has to log in again.", text)
        self.assertIn("--without-key", run("backup", "--help").stdout)
        self.assertIn("--key-file", run("restore", "--help").stdout)


if __name__ == "__main__":
    reported.main("cli")
