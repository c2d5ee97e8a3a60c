"""`clinic init`: the configuration, the keys, the database and the first administrator. Environment: CLINIC_CLI, the program;
CLINIC_TEST_POSTGRESQL, a server, for the one test that needs it."""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import reported  # noqa: E402
import test_cli  # noqa: E402

PASSWORD = "correct horse battery\n"
QUICK = ["--policy", test_cli.QUICK]
LOGIN = ["--admin-email", "ada@example.org", "--password-stdin"]


class Setup(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="clinic-init-")
        self.addCleanup(shutil.rmtree, self.folder)
        here = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, here)

    def configuration(self, name="clinic.json"):
        with open(name, encoding="utf-8") as file:
            return json.load(file)

    def made(self, *args, **more):
        """What a run that must work tells, which is no secret."""
        done = test_cli.run(*args, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assert_no_secret(done.stdout)
        return json.loads(done.stdout)

    def assert_no_secret(self, shown):
        self.assertNotIn("horse", shown)
        for file in os.listdir("."):
            if os.path.isfile(file) and not file.startswith("clinic.db-"):
                with open(file, "rb") as content:
                    for secret in re.findall(rb"[0-9a-f]{64}", content.read() if not file.endswith(".db") else b""):
                        self.assertNotIn(secret.decode(), shown)

    def administrators(self, *options):
        return self.made(*(options or ["--config", "clinic.json"]), "users", "list", "--role", "superadmin")["items"]

    def assert_login(self, login):
        done = test_cli.run("--config", "clinic.json", "auth", "login", "--login", login, "--password", "-", stdin=PASSWORD)
        self.assertEqual(done.returncode, 0, done.stderr)

    def refusal(self, *args, stdin=PASSWORD, **env):
        """The error of a run that must not make anything."""
        before = {name: os.stat(name).st_mtime_ns for name in os.listdir(".")}
        done = test_cli.run(*args, stdin=stdin, **env)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("horse", done.stderr)
        self.assertEqual({name: os.stat(name).st_mtime_ns for name in os.listdir(".")}, before)
        return done


class Silent(Setup):
    """With flags: no question, whether there is a terminal or not."""

    def test_all_in_one_go(self):
        """[CONF-1] [CONF-3]"""
        made = self.made(*QUICK, "--profile", "portal", "init", "--write-config", "--host", "127.0.0.1", "--port", "0", *LOGIN,
                         stdin=PASSWORD)
        self.assertEqual(made["made"], ["clinic.json", "clinic.db", "clinic.db.key"])
        self.assertEqual(made["configuration"], {"file": "clinic.json", "state": "made"})
        self.assertEqual(made["schema"], "made")
        administrator = made["administrator"]
        self.assertEqual((administrator["state"], administrator["email"], administrator["role"]),
                         ("made", "ada@example.org", "superadmin"))
        for file in made["made"]:
            self.assertEqual(os.stat(file).st_mode & 0o777, 0o600, file)
        written = self.configuration()
        self.assertRegex(written.pop("token_secret"), "^[0-9a-f]{64}$")
        self.assertEqual(written, {"storage": "sqlite:clinic.db", "profile": "portal", "policy": json.loads(test_cli.QUICK),
                                   "http": {"host": "127.0.0.1", "port": 0}})
        self.assert_login("ada@example.org")

        words = made["next"][-1].split()
        self.assertEqual(words, ["clinic", "--config", "clinic.json", "serve"])
        with subprocess.Popen([test_cli.CLI, *words[1:]], stdout=subprocess.PIPE, text=True, env=test_cli.environment()) as server:
            self.assertIn("listening", json.loads(server.stdout.readline()))
            server.terminate()

    def test_each_configuration_has_secrets_of_its_own(self):
        """[CONF-3]"""
        for name in ("one", "two"):
            self.made("--storage", f"sqlite:{name}.db", "--config", name + ".json", "init", "--write-config")
        self.assertNotEqual(self.configuration("one.json")["token_secret"], self.configuration("two.json")["token_secret"])

    def test_on_a_terminal_as_well(self):
        code, shown = test_cli.run_on_terminal("init", "--write-config")
        self.assertEqual(code, 0, shown)
        self.assertNotIn("]: ", shown)
        self.assertEqual(list(self.configuration()), ["storage", "token_secret"])

    def test_without_the_new_flags_it_is_as_ever(self):
        """[CONF-3]"""
        self.assertIn("no database is named", self.refusal("init").stderr)
        self.assertEqual(json.loads(self.refusal("--config", "clinic.json", "init").stderr)["code"], "configuration_invalid")
        made = self.made("--storage", "sqlite:clinic.db", "init")
        self.assertEqual(sorted(os.listdir(".")), ["clinic.db", "clinic.db.key"])
        self.assertEqual([key for key in ("configuration", "administrator", "next") if key in made], [])
        code, shown = test_cli.run_on_terminal("--storage", "sqlite:other.db", "init")
        self.assertEqual(code, 0, shown)
        self.assertNotIn("]: ", shown)
        self.assertNotIn("clinic.json", os.listdir("."))

    def test_an_administrator_without_a_configuration_file(self):
        storage = ["--storage", "sqlite:clinic.db", *QUICK]
        made = self.made(*storage, "init", "--admin-username", "ada", "--password-stdin", stdin=PASSWORD)
        self.assertEqual(made["administrator"]["username"], "ada")
        self.assertNotIn("configuration", made)
        self.assertEqual(len(self.administrators(*storage)), 1)

    def test_what_the_environment_has_stays_there(self):
        """[CONF-1] [CONF-3]"""
        key, secret = "0123456789abcdeffedcba9876543210" * 2, "a secret of the environment, long enough"
        self.made("init", "--write-config", CLINIC_STORAGE="sqlite:elsewhere.db", JWT_SECRET_KEY=secret)
        self.assertEqual(self.configuration(), {})
        self.assertTrue(os.path.exists("elsewhere.db"))
        for flags, variable, path in ((["--storage", "sqlite:a.db"], {"DATABASE_URI": "sqlite:b.db"}, "storage"),
                                      (["--profile", "portal"], {"CLINIC_PROFILE": "standard"}, "profile")):
            with self.subTest(path):
                done = self.refusal("--config", "new.json", *flags, "init", "--write-config", CLINIC_MASTER_KEY=key, **variable)
                self.assertEqual([field["path"] for field in json.loads(done.stderr)["fields"]], [path])
        for variable in ("CLINIC_HTTP_PORT", "PORT"):
            done = self.refusal("--config", "new.json", "init", "--write-config", "--port", "81", **{variable: "82"})
            self.assertEqual([field["path"] for field in json.loads(done.stderr)["fields"]], ["http.port"])

    def test_nothing_is_made_where_something_is_wrong(self):
        """[CONF-1] [CONF-3]"""
        write = ["init", "--write-config"]
        with open("file", "w", encoding="utf-8"):
            pass
        for args, stdin, path in (
            ([*write, "--admin-email", "ada@example.org", "--password-stdin"], "short\n", "password"),
            ([*write, "--admin-email", "ada@example.org", "--password-stdin"], "password1\n", "password"),
            ([*write, "--admin-email", "ada@", "--password-stdin"], PASSWORD, "email"),
            (["--policy", '{"time_zone": "Mars/Olympus"}', *write], "", "policy.time_zone"),
            (["--policy", '{"time_zon": "UTC"}', *write], "", "policy.time_zon"),
            (["--profile", "portl", *write], "", "profile"),
            (["--storage", "sqlit:clinic.db", *write], "", None),
            (["--storage", "nothing", *write], "", "storage"),
            (["--storage", "sqlite:no/clinic.db", *write], "", "storage"),
            (["--storage", "sqlite:/proc/clinic.db", *write], "", "storage"),
            ([*write, "--host", "no such host"], "", "http.host"),
            ([*write, "--host", "192.0.2.1"], "", "http.host"),
            (["--config", "no/clinic.json", *write], "", None),
            (["--config", "/proc/clinic.json", *write], "", None),
            (["--config", "file", *write], "", None),
        ):
            with self.subTest(args):
                error = json.loads(self.refusal(*args, stdin=stdin).stderr)
                if path:
                    self.assertEqual(error["fields"][0]["path"], path, error)
                else:
                    self.assertRegex(error["detail"], "sqlit|clinic.json|file")
        for args, told in ((["init", "--port", "80"], "--write-config"), (["init", "--overwrite"], "--write-config"),
                           ([*write, "--password-stdin"], "--admin-email"), (["--policy", "[", *write], "--policy"),
                           ([*write, "--admin-username", "ada"], "--password-stdin"), ([*write, "--port", "65536"], "--port")):
            with self.subTest(args):
                done = self.refusal(*args)
                self.assertEqual(done.returncode, 2)
                self.assertIn(told, done.stderr)
        self.assertEqual(os.listdir("."), ["file"])

    def test_whoever_may_not_make_users_makes_nothing(self):
        """[CONF-3]"""
        for acts, login in itertools.product((["--as-role", "nurse"], ["--as-role", "admin"]), ([], LOGIN)):
            if acts[1] == "admin" and not login:
                continue  # an admin sees whether there is an administrator, and makes no superadmin
            with self.subTest(acts=acts, login=login):
                error = json.loads(self.refusal(*acts, *QUICK, "init", "--write-config", *login).stderr)
                self.assertEqual(error["code"], "forbidden", error)
        for acts, variables in ((["--as-role", "nursing"], {}), ([], {"CLINIC_TOKEN": "a"})):
            with self.subTest(acts=acts):
                self.assertEqual(self.refusal(*acts, "init", "--write-config", *LOGIN, **variables).returncode, 2)
        self.made("init", "--write-config")
        done = test_cli.run("--config", "clinic.json", "--as-role", "nurse", "init", "--write-config", "--overwrite", "--port", "1", *LOGIN)
        self.assertEqual(json.loads(done.stderr)["code"], "forbidden")
        self.assertNotIn("http", self.configuration())


class Again(Setup):
    """What is there stays; what is missing is made."""

    def test_the_same_line_twice(self):
        """[CONF-3]"""
        line = [*QUICK, "init", "--write-config", "--port", "8081", *LOGIN]
        self.made(*line, stdin=PASSWORD)
        files = {name: open(name, "rb").read() for name in ("clinic.json", "clinic.db.key")}
        again = self.made(*line, stdin="another horse battery\n")
        self.assertEqual((again["made"], again["schema"]), ([], "present"))
        self.assertEqual((again["configuration"]["state"], again["administrator"]["state"]), ("present", "present"))
        self.assertEqual(files, {name: open(name, "rb").read() for name in files})
        self.assert_login("ada@example.org")
        self.assertEqual(self.made("init", "--write-config")["administrator"]["username"], "ada@example.org")
        code, shown = test_cli.run_on_terminal(*line)  # no password is needed: nothing is asked
        self.assertEqual(code, 0, shown)
        for told in ("clinic.json was there", "the administrator ada@example.org was there"):
            self.assertIn(told, test_cli.without_colours(shown))

    def test_a_file_that_is_there_is_not_overwritten_unasked(self):
        """[CONF-1]"""
        self.made("init", "--write-config", "--port", "8081")
        before = self.configuration()
        error = json.loads(self.refusal("--storage", "sqlite:x.db", "init", "--write-config", "--port", "8082").stderr)
        self.assertEqual([field["path"] for field in error["fields"]], ["storage", "http.port"])
        self.assertIn("--overwrite", error["detail"])
        made = self.made("init", "--write-config", "--port", "8082", "--overwrite")
        self.assertEqual(made["configuration"]["state"], "changed")
        self.assertEqual(self.configuration(), {**before, "http": {"port": 8082}})
        self.assertEqual(os.stat("clinic.json").st_mode & 0o777, 0o600)
        with open("nothing.json", "w", encoding="utf-8") as file:
            file.write("{}")
        self.refusal("--config", "nothing.json", "init", "--write-config")

    def test_a_link_to_the_file_and_its_owner_stay(self):
        """[CONF-1]"""
        os.mkdir("etc")
        self.made("--config", "etc/real.json", "--storage", "sqlite:clinic.db", "init", "--write-config")
        os.symlink("etc/real.json", "clinic.json")
        root, somebody = os.geteuid() == 0, 12345
        if root:
            os.chown("etc/real.json", somebody, -1)
        self.made("init", "--write-config", "--port", "8082", "--overwrite")
        self.assertTrue(os.path.islink("clinic.json"))
        self.assertEqual(self.configuration("etc/real.json")["http"], {"port": 8082})
        self.assertEqual(os.stat("etc/real.json").st_uid, somebody if root else os.geteuid())

    def test_an_inactive_administrator_is_none(self):
        self.made(*QUICK, "init", "--write-config", *LOGIN, stdin=PASSWORD)
        user = self.administrators()[0]
        self.made("--config", "clinic.json", "users", "update", user["id"], "--active=false")
        self.assertNotIn("administrator", self.made("init", "--write-config"))
        error = json.loads(self.refusal("init", "--write-config", *LOGIN).stderr)
        self.assertEqual((error["code"], error["fields"][0]["path"]), ("duplicate_email", "email"))
        self.assertIn("inactive", error["detail"])

    def test_a_user_who_is_no_administrator_is_not_taken_for_one(self):
        self.made(*QUICK, "init", "--write-config")
        self.made("--config", "clinic.json", "users", "create", "--role", "nurse", "--email", "ada@example.org")
        error = json.loads(self.refusal("--config", "clinic.json", "init", *LOGIN).stderr)
        self.assertEqual((error["code"], error["fields"][0]["path"]), ("duplicate_email", "email"))

    def test_each_half_done_run_is_completed(self):
        """[CONF-3] After the configuration, after the database, and before the administrator."""
        line = [*QUICK, "init", "--write-config", *LOGIN]
        self.made(*QUICK, "init", "--write-config")
        written = self.configuration()
        for gone in (["clinic.db", "clinic.db.key"], ["clinic.db"], []):
            with self.subTest(gone):
                for name in gone:
                    os.remove(name)
                made = self.made(*line, stdin=PASSWORD)
                self.assertEqual(made["made"], gone)
                self.assertEqual(self.configuration(), written)
                self.assert_login("ada@example.org")

    def test_killed_at_any_moment(self):
        """[CONF-3] The next run completes it, and makes nothing twice."""
        line = [test_cli.CLI, "init", "--write-config", *LOGIN]
        left = set()
        # The files tell how far it has come; a clock would tell how busy the machine is.
        for reached, then in itertools.product((None, "clinic.json", "clinic.db"), (0, 0.01, 0.05)):
            with self.subTest(reached=reached, then=then):
                for name in os.listdir("."):
                    os.remove(name)
                with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      text=True, env=test_cli.environment()) as run:
                    run.stdin.write(PASSWORD)
                    run.stdin.flush()
                    while reached and run.poll() is None and not os.path.exists(reached):
                        pass
                    time.sleep(then)
                    run.send_signal(signal.SIGKILL)
                left.add(tuple(os.path.exists(name) for name in ("clinic.json", "clinic.db")))
                secret = self.configuration()["token_secret"] if os.path.exists("clinic.json") else None
                self.made("init", "--write-config", *LOGIN, stdin=PASSWORD)
                self.assertIn(secret, (None, self.configuration()["token_secret"]))
                self.assertEqual([user["email"] for user in self.administrators()], ["ada@example.org"])
                self.assertTrue(self.made("--config", "clinic.json", "system", "check")["valid"])
        self.assertGreaterEqual(len(left), 2, left)

    def test_two_at_once(self):
        """[CONF-3] One configuration, one administrator; whoever comes second is told so, or to try again."""
        line = [test_cli.CLI, "init", "--write-config", *LOGIN]
        runs = [subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                 env=test_cli.environment()) for _ in range(4)]
        for run in runs:
            run.stdin.write(PASSWORD)
            run.stdin.flush()
        told = [run.communicate()[1] for run in runs]
        self.assertIn(0, [run.returncode for run in runs], told)
        self.made("init", "--write-config", *LOGIN, stdin=PASSWORD)
        self.assertEqual(len(self.administrators()), 1)


class Asking(Setup):
    """On a terminal, where nothing names a database."""

    def ask(self, *args, answers=(), password=(), **env):
        """The answers to the questions in brackets, then what is typed as a password."""
        typed = [("]: ", answer) for answer in answers]
        for each, prompt in zip(password, itertools.cycle(("password: ", "again: "))):
            typed.append((prompt, each))
        code, shown = test_cli.run_on_terminal(*args, columns=200, typed=typed, NO_COLOR="1", **env)
        self.assert_no_secret(shown)
        return code, shown

    def test_everything_is_asked_for_with_its_default(self):
        """[CONF-1] [CONF-3]"""
        answers = ["\n", "portal\n", "Long Street Clinic\n", "\n", "Africa/Kampala\n", "\n", "8081\n", "ada@example.org\n"]
        code, shown = self.ask("init", answers=answers, password=[PASSWORD] * 2)
        self.assertEqual(code, 0, shown)
        # The time zone is that of the profile that was chosen before it.
        for usual in ("sqlite:clinic.db", "standard", "the clinic", "en", "Africa/Nairobi", "127.0.0.1", "8080", "none yet"):
            self.assertIn(f"[{usual}]: ", shown)
        for told in ("made clinic.json", "made clinic.db\n", "made clinic.db.key", "made the administrator ada@example.org",
                     "clinic --config clinic.json serve", "clinic --config clinic.json auth login --login ada@example.org"):
            self.assertIn(told, shown)
        written = self.configuration()
        self.assertRegex(written.pop("token_secret"), "^[0-9a-f]{64}$")
        self.assertEqual(written, {
            "storage": "sqlite:clinic.db", "profile": "portal",
            "policy": {"clinic_name": "Long Street Clinic", "locale": "en", "time_zone": "Africa/Kampala"},
            "http": {"host": "127.0.0.1", "port": 8081},
        })
        self.assert_login("ada@example.org")
        code, shown = self.ask("init")
        self.assertEqual(code, 0, shown)
        self.assertNotIn("]: ", shown)
        self.assertIn("clinic.json was there", shown)

    def test_a_refused_answer_is_asked_for_again(self):
        """[CONF-1]"""
        answers = ["sqlite:no/clinic.db\n", "sqlite:clinic.db\n", "portl\n", "\n", "\n", "\n", "Mars/Olympus\n", "\n", "192.0.2.1\n", "\n",
                   "many\n", "\n"]
        typed = [("]: ", answer) for answer in answers]
        for login, first, second in (("ada@", PASSWORD, PASSWORD), ("ada", "short\n", "short\n"), ("ada", PASSWORD, "other\n"),
                                     ("ada", PASSWORD, PASSWORD)):
            typed += [("]: ", login + "\n"), ("password: ", first), ("again: ", second)]
        code, shown = test_cli.run_on_terminal("init", columns=200, typed=typed, NO_COLOR="1")
        self.assertEqual(code, 0, shown)
        for told in ("There is no folder no", "portal", "not an IANA name", "no address of this machine", "must be a whole number",
                     "must be an email address", "at least 8 characters", "the two passwords differ"):
            self.assertIn(told, shown)
        self.assert_no_secret(shown)
        self.assert_login("ada")

    def test_what_is_known_is_not_asked_for(self):
        """[CONF-1]"""
        code, shown = self.ask("--config", "other.json", "--profile", "portal", "--policy", '{"locale": "id"}', "init",
                               answers=["\n"] * 5, HOST="0.0.0.0")
        self.assertEqual(code, 0, shown)
        self.assertEqual(shown.count("]: "), 5)  # storage, name, time zone, port, administrator
        self.assertEqual((self.configuration("other.json")["profile"], self.configuration("other.json")["policy"]["locale"]),
                         ("portal", "id"))
        self.assertIn("clinic --config other.json admin create", shown)

    def test_what_the_environment_has_is_not_asked_for(self):
        """[CONF-1] The usual value, too: another answer would be refused for ever."""
        every = {"CLINIC_PROFILE": "standard", "HOST": "127.0.0.1", "PORT": "8080"}
        for variables, asked in (({"PORT": "8080"}, 7), ({"HOST": "127.0.0.1"}, 7), ({"CLINIC_PROFILE": "standard"}, 7), (every, 5),
                                 ({"CLINIC_POLICY": '{"locale": "en"}'}, 5), ({"CLINIC_HTTP": "{}"}, 6)):
            with self.subTest(variables):
                code, shown = self.ask("--config", f"{len(os.listdir('.'))}.json", "init", answers=["\n"] * asked, **variables)
                self.assertEqual(code, 0, shown)
                self.assertEqual(shown.count("]: "), asked, shown)

    def test_an_error_about_nothing_that_is_asked_is_the_end(self):
        """[CONF-1] No answer would help."""
        for args, variables, told in (([], {"CLINIC_HTTP_HOST": "nonsense"}, "no address nonsense"),
                                      (["--profile", "portal", "--policy", '{"time_zon":"UTC"}'], {}, "time_zon"),
                                      (["--as-role", "nurse"], {}, "role")):
            with self.subTest(args=args, variables=variables):
                code, shown = self.ask(*args, "init", answers=["\n"] * 7 + ["\x04"], **variables)
                self.assertIn(code, (1, 3), shown)
                self.assertIn(told, shown)
                self.assertNotIn("nothing was made", shown)
        self.assertEqual(os.listdir("."), [])

    def test_an_administrator_who_was_left_out_is_asked_for_the_next_time(self):
        self.assertEqual(self.ask("init", answers=["\n"] * 8)[0], 0)
        code, shown = self.ask("init", answers=["ada\n"], password=[PASSWORD] * 2)
        self.assertEqual(code, 0, shown)
        self.assertEqual(shown.count("]: "), 1)
        self.assert_login("ada")

    def test_an_end_of_the_answers_makes_nothing(self):
        for answers in (["\x04"], ["\n"] * 7 + ["\x04"]):
            with self.subTest(len(answers)):
                code, shown = self.ask("init", answers=answers)
                self.assertEqual(code, 2, shown)
                self.assertIn("nothing was made", shown)
        code, shown = self.ask("init", answers=["\n"] * 7 + ["ada\n"], password=["\x04"])
        self.assertEqual(code, 2, shown)
        self.assertEqual(os.listdir("."), [])

    def test_json_on_a_terminal(self):
        code, shown = self.ask("--json", "init", answers=["\n"] * 8)
        self.assertEqual(code, 0, shown)
        self.assertEqual(json.loads(shown.splitlines()[-1])["configuration"]["state"], "made")


@unittest.skipUnless("CLINIC_TEST_POSTGRESQL" in os.environ, "needs a server: cli_init.server")
class WithServer(Setup):
    def setUp(self):
        super().setUp()
        self.server = os.environ["CLINIC_TEST_POSTGRESQL"]
        self.name = f"clinic_init_{os.getpid()}"
        self.sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self.sql(f"CREATE DATABASE {self.name}")
        self.addCleanup(self.sql, f"DROP DATABASE {self.name} WITH (FORCE)")
        self.storage = ["--storage", self.server.rsplit("/", 1)[0] + "/" + self.name]

    def sql(self, text):
        subprocess.run(["psql", self.server, "-qc", text], check=True, timeout=60, capture_output=True)

    def test_the_key_is_in_the_configuration(self):
        """[CONF-1] [CONF-3]"""
        made = self.made(*self.storage, *QUICK, "init", "--write-config", *LOGIN, stdin=PASSWORD)
        self.assertEqual(made["made"], ["clinic.json"])
        self.assertRegex(self.configuration()["master_key"], "^[0-9a-f]{64}$")
        self.assert_login("ada@example.org")
        again = self.made(*self.storage, *QUICK, "init", "--write-config", *LOGIN, stdin=PASSWORD)
        self.assertEqual((again["made"], again["administrator"]["state"]), ([], "present"))
        # Another configuration would have another key than the database.
        error = json.loads(self.refusal("--config", "other.json", *self.storage, "init", "--write-config").stderr)
        self.assertEqual((error["code"], error["fields"][0]["path"]), ("key_wrong", "master_key"))


if __name__ == "__main__":
    reported.main("cli_init")
