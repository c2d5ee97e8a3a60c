"""The Python binding, against the built library. Environment: CLINIC_LIBRARY; PYTHONPATH names bindings/python."""

import copy
import datetime
import enum
import gc
import inspect
import json
import keyword
import logging
import multiprocessing
import os
import pickle
import pydoc
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402

import clinic  # noqa: E402

NOW = datetime.datetime(2026, 3, 1, 12, 30, 15, 250000, tzinfo=datetime.timezone.utc)
JANE = {"first_name": "Jane", "last_name": "Smith", "email": "jane@example.org"}


class Case(unittest.TestCase):
    """A folder and a clinic for each test; nothing may be left open."""

    configuration = {"policy": {"password_hash_cost": 4}, "log_level": "error"}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.storage = "sqlite:" + os.path.join(self.folder.name, "clinic.db")
        self.live = clinic.live_objects()
        self.clinic = clinic.open(self.storage, **self.configuration)
        self.desk = self.clinic.system("front-desk")

    def tearDown(self):
        self.clinic.close()
        del self.desk, self.clinic
        left = clinic.live_objects() - self.live
        self.folder.cleanup()
        self.assertEqual(left, 0, "handles are left open without a garbage collection")

    def raised(self, error_class, function, *arguments, **keywords):
        with self.assertRaises(error_class) as context:
            function(*arguments, **keywords)
        error = context.exception
        context.exception = None
        return error


class Calls(Case):
    def test_a_patient_is_registered_found_and_updated(self):
        """[BIND-2]"""
        answer = self.desk.patients.register(**JANE, birth_date=datetime.date(1987, 4, 12), create_portal_account=True)
        self.assertIs(answer.success, True)
        self.assertEqual(answer.patient.birth_date, datetime.date(1987, 4, 12))
        self.assertEqual(answer.patient.created_at.tzinfo, datetime.timezone.utc)
        self.assertEqual(len(answer.portal_credentials.temporary_password), 12)
        patient = self.desk.patients.get(patient=answer.patient.number)
        self.assertEqual(patient, answer.patient)
        changed = self.desk.patients.update(
            patient=patient.id, version=patient.version, gender="female", birth_date=None
        )
        self.assertEqual((changed.gender, changed.birth_date, changed.first_name), ("female", None, "Jane"))
        self.assertEqual([p.id for p in self.desk.patients.search(q="smith").items], [patient.id])

    def test_services_within_services(self):
        """[BIND-2]"""
        number = self.desk.patients.register(**JANE).patient.number
        self.assertIsNone(self.desk.patients.medical_history.get(patient=number).history)
        self.desk.patients.medical_history.update(patient=number, history="Appendectomy\n2019")
        self.assertEqual(self.desk.patients.medical_history.get(patient=number).history, "Appendectomy\n2019")

    def test_every_operation_is_a_method(self):
        """[BIND-2]"""
        rows = clinic.operations()
        self.assertGreater(len(rows), 20)
        for row in rows:
            method = self.desk
            for word in row["name"].split("."):
                method = getattr(method, word + "_" if keyword.iskeyword(word) else word)
            with self.subTest(row["name"]):
                self.assertIn(row["help"], pydoc.getdoc(method))
                names = set(inspect.signature(method).parameters)
                wanted = {name + "_" if name == "from" else name for name in row["request_schema"]["properties"]}
                options = {"idempotency_key", "origin", "challenge", "language"}
                self.assertEqual(names, wanted | options)
                self.assertFalse(set(row["request_schema"]["properties"]) & options)

    def test_any_operation_by_name(self):
        """[BIND-2]"""
        answer = self.desk.call("patients.register", JANE, origin="import")
        self.assertEqual(self.desk.call("patients.get", {"patient": answer.patient.id}).email, "jane@example.org")
        error = self.raised(clinic.UnknownOperation, self.desk.call, "patients.teleport")
        self.assertEqual(error.status, 404)

    def test_idempotency_key_and_origin(self):
        """[BIND-2]"""
        one = self.desk.patients.register(**JANE, idempotency_key="form 17", origin="desk 3")
        two = self.desk.patients.register(**JANE, idempotency_key="form 17", origin="desk 3")
        self.assertEqual(one.patient.id, two.patient.id)
        other = {"first_name": "Ana", "last_name": "Ruiz", "idempotency_key": "form 17"}
        self.raised(clinic.IdempotencyKeyReused, self.desk.patients.register, **other)
        entries = self.desk.audit.list(action="PATIENT_CREATED", outcome="done").items
        self.assertEqual([entry.origin for entry in entries], ["desk 3"])

    def test_a_keyword_of_python_has_an_underscore(self):
        """[BIND-2]"""
        self.desk.patients.register(**JANE)
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertEqual(len(self.desk.audit.list(from_=now - datetime.timedelta(hours=1)).items), 1)
        self.assertEqual(len(self.desk.audit.list(from_=now + datetime.timedelta(hours=1)).items), 0)

    def test_who_has_no_name_is_refused_before_any_call(self):
        """[BIND-2]"""
        for make, arguments, path in ((self.clinic.system, ("",), "name"), (self.clinic.user, (" ", "doctor"), "id")):
            self.assertEqual(self.raised(clinic.ValidationFailed, make, *arguments).fields[0].path, path)

    def test_roles(self):
        """[BIND-2]"""
        doctor = self.clinic.system("ward", role="doctor")
        self.assertEqual(self.raised(clinic.Forbidden, doctor.patients.register, **JANE).status, 403)
        with self.clinic.user("a-user", "receptionist") as user:
            self.assertEqual(user.patients.register(**JANE).patient.created_by, "a-user")
        self.raised(clinic.Closed, user.patients.list)
        anonymous = self.clinic.anonymous()
        self.assertTrue(anonymous.system.health().healthy)
        self.raised(clinic.NotAuthenticated, anonymous.patients.list)
        self.raised(clinic.ValidationFailed, self.clinic.user, "a-user", "janitor")

    def test_what_is_no_service_is_said(self):
        """[BIND-2]"""
        self.assertIn("patients", str(self.raised(AttributeError, lambda: self.desk.patient)))
        self.assertIn("patients", dir(self.desk))
        self.raised(AttributeError, lambda: self.desk.patients.teleport)

    def test_naughty_texts_come_back_unchanged(self):
        """[BIND-2]"""
        unicode = "Ünïcödé \U0001f600 \u202e"
        for text in (unicode, "'; DROP TABLE patients; --", 'a"b\\c', "\u0000", "\ud800", "1\n2\t3"):
            with self.subTest(text):
                try:
                    made = self.desk.patients.register(first_name="T", last_name="T", address=text)
                except clinic.Error as error:
                    self.assertIn(error.code, ("validation_failed", "malformed_json"))
                else:
                    self.assertEqual(self.desk.patients.get(patient=made.patient.id).address, text)


class Values(Case):
    def test_records_are_attributes_and_mappings(self):
        """[BIND-2]"""
        self.desk.patients.register(**JANE)
        page = self.desk.patients.list()
        self.assertIsInstance(page.items, list)  # the field, not the method of mappings
        self.assertIs(page["items"], page.items)
        patient = page.items[0]
        self.assertEqual(patient["first_name"], patient.first_name)
        self.assertEqual(dict(patient), {**patient})
        self.assertEqual(dict(patient.items()), dict(patient))
        self.assertIn("number", patient)
        self.assertNotIn("email_key", patient)
        self.assertEqual(patient.get("nothing", 7), 7)
        self.assertEqual(len(patient), len(list(patient)))
        self.assertEqual(pickle.loads(pickle.dumps(patient)), patient)
        self.assertEqual(copy.deepcopy(patient), patient)
        self.assertIn("first_name='Jane'", repr(patient))
        self.raised(AttributeError, lambda: patient.firstname)
        self.raised(KeyError, lambda: patient["firstname"])

    def test_secrets_are_not_shown_by_repr(self):
        """[BIND-2]"""
        answer = self.desk.patients.register(**JANE, create_portal_account=True)
        self.assertNotIn(answer.portal_credentials.temporary_password, repr(answer))
        self.assertIn("<hidden>", repr(answer))

    def test_values_of_python_go_in(self):
        """[BIND-2]"""

        class Gender(enum.Enum):
            FEMALE = "female"

        patient = self.desk.patients.register(**JANE, gender=Gender.FEMALE, age_years=Decimal(40)).patient
        self.assertEqual((patient.gender, patient.age_years), ("female", 40))
        local = datetime.datetime(2020, 1, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
        self.desk.audit.list(from_=local)
        naive = self.raised(ValueError, self.desk.audit.list, from_=datetime.datetime(2020, 1, 1))
        self.assertIn("time zone", str(naive))
        self.raised(TypeError, self.desk.patients.register, first_name=b"Jane", last_name="Smith")
        self.raised(ValueError, self.desk.patients.register, **JANE, age_years=float("nan"))
        self.raised(clinic.ValidationFailed, self.desk.patients.register, **JANE, age_years="forty")
        self.raised(clinic.ValidationFailed, self.desk.patients.get, patient=None)
        self.raised(TypeError, self.desk.patients.get, "P2026001")


class Errors(Case):
    def test_errors_have_classes_and_everything_else(self):
        """[BIND-2] [PORTAL-3]"""
        self.desk.patients.register(**JANE, create_portal_account=True)
        error = self.raised(clinic.DuplicateEmail, self.desk.patients.register, **JANE, create_portal_account=True)
        self.assertIsInstance(error, clinic.Error)
        self.assertEqual((error.code, error.status, error.retryable), ("duplicate_email", 409, False))
        self.assertEqual(error.message, "A portal account with this email already exists.")
        self.assertEqual(error.fields[0].path, "email")
        self.assertNotIn("jane@example.org", str(error))
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), again.detail, again.fields), (type(error), error.detail, error.fields))

    def test_a_typo_is_found(self):
        """[BIND-2]"""
        error = self.raised(clinic.ValidationFailed, self.desk.patients.register, first_nam="Jane", last_name="Smith")
        self.assertEqual({field.path: field.code for field in error.fields}["first_nam"], "unknown_field")
        self.assertIn("did you mean `first_name`", str(error))

    def test_every_code_has_a_class(self):
        """[BIND-2]"""
        for row in clinic.errors():
            error_class = getattr(clinic, "".join(part.capitalize() for part in row["code"].split("_")))
            self.assertTrue(issubclass(error_class, clinic.Error))
            self.assertEqual(error_class.code, row["code"])
            self.assertIn(row["remedy"].rstrip("."), error_class.__doc__)

    def test_configuration(self):
        """[BIND-2]"""
        error = self.raised(clinic.ConfigurationInvalid, clinic.open, self.storage, profil="portal")
        self.assertIn("profil", str(error))
        self.raised(clinic.PluginNotFound, clinic.open, "carrier-pigeon:coop")
        file = os.path.join(self.folder.name, "clinic.json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump({"storage": self.storage, **self.configuration}, out)
        with clinic.open_file(file) as opened:
            self.assertEqual(opened.system("x").system.version().storage, "sqlite")
        self.assertIn("sqlite", [plugin.name for plugin in clinic.plugins()])


class Lifetime(Case):
    def test_the_issue_s_one_liner(self):
        """[BIND-2]"""
        patient = clinic.open(self.storage, **self.configuration).system("desk").patients.register(**JANE).patient
        self.assertEqual(patient.first_name, "Jane")

    def test_closing(self):
        """[BIND-2]"""
        patients = self.desk.patients
        self.clinic.close()
        self.clinic.close()
        self.raised(clinic.Closed, patients.list)
        self.raised(clinic.Closed, self.clinic.anonymous)
        self.desk.close()
        self.raised(clinic.Closed, patients.list)

    def test_errors_keep_nothing_open(self):
        """[BIND-2]"""
        gc.disable()
        self.addCleanup(gc.enable)
        before = clinic.live_objects()
        for _ in range(3):
            session = self.clinic.system("desk")
            try:
                session.patients.get(patient="nobody")
            except clinic.NotFound:
                pass
            del session
        self.assertEqual(clinic.live_objects(), before)

    def test_the_gil_is_released(self):
        """[BIND-2]"""
        # Another thread works while this one is in a call: hashing a password at a high cost takes a while.
        took = []

        def call(session):
            begin = time.perf_counter()
            try:
                session.users.create(email="a@example.org", password="correct horse battery", role="nurse")
            finally:
                took.append(time.perf_counter() - begin)

        with clinic.open(self.storage, policy={"password_hash_cost": 13}) as slow:
            thread = threading.Thread(target=call, args=(slow.system("desk"),))
            thread.start()
            longest, last = 0.0, time.perf_counter()
            while thread.is_alive():
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
            thread.join()
        self.assertEqual(len(self.desk.users.list().items), 1)
        self.assertLess(longest, took[0] / 2, "this thread stood still during the other one's call")

    def test_many_threads_and_a_close(self):
        """[BIND-2]"""
        self.desk.patients.register(**JANE)
        unexpected, answered = [], threading.Semaphore(0)

        def work():
            try:
                while True:
                    self.clinic.system("worker").patients.list()
                    self.desk.patients.search(q="jane")
                    answered.release()
            except clinic.Closed:
                pass
            except BaseException as error:  # noqa: B902 - told by the main thread
                unexpected.append(error)
                answered.release()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(50):
            answered.acquire()
        self.clinic.close()
        for thread in threads:
            thread.join(60)
        self.assertEqual(unexpected, [])

    def test_host_functions(self):
        """[BIND-2] [BIND-5]"""
        lines = []
        path = self.storage + ".lent"
        host = {"log": lambda level, line: lines.append((level, line)), "now": lambda: NOW, "random": os.urandom}
        with clinic.open(path, log_level="trace", **host) as lent:
            self.assertEqual(lent.system("x").patients.register(**JANE).patient.created_at, NOW)
        self.assertTrue(lines)
        self.assertTrue(all(isinstance(level, int) and isinstance(line, str) for level, line in lines))
        with self.assertLogs("clinic.test", level=1) as logs:
            clinic.open(path, log=logging.getLogger("clinic.test"), log_level="trace").close()
        self.assertTrue(logs.output)

    def test_errors_in_a_language(self):
        error = self.raised(clinic.NotFound, self.desk.patients.get, patient="nobody", language="id-ID")
        self.assertEqual(error.message, "Data tidak ditemukan.")
        self.assertEqual((error.code, error.fields[0].path), ("not_found", "patient"))
        error = self.raised(clinic.NotFound, self.desk.call, "patients.get", {"patient": "nobody"}, language="xx")
        self.assertEqual(error.message, "There is no such record.")

    def test_a_channel_of_the_hosts_own(self):
        """[NOTE-6]"""
        sent = []

        def send(message):
            sent.append(message)
            if len(sent) == 1:
                raise clinic.NotSent("the gateway is away")
            if len(sent) == 2:
                raise SystemExit(message.text)  # not only an Exception: what leaves a callback would count as sent
            if len(sent) == 3:
                raise clinic.NotSent("later", retry_after=10**12)
            return "gateway-1"

        policy = {"portal_address": "https://portal.example", "credential_delivery": "message", "message_retry_seconds": 1}
        now = [NOW]
        opened = clinic.open(
            self.storage + ".own", channels={"email": send}, dispatch_messages=False, now=lambda: now[0],
            log=lambda level, line: None, **{**self.configuration, "policy": {**policy, "password_hash_cost": 4}},
        )
        with opened, opened.system("desk") as desk:
            desk.patients.register(first_name="Jane", last_name="Smith", create_portal_account=True, portal_email="jane@example.org")
            for _ in range(3):
                self.assertEqual(desk.notifications.dispatch().later, 1)
                now[0] += datetime.timedelta(days=1)
            self.assertEqual(desk.notifications.dispatch().sent, 1)
            row = desk.notifications.list().items[0]
            self.assertEqual((row.status, row.gateway_id, row.attempts), ("sent", "gateway-1", 4))
        self.assertEqual([message.id for message in sent], [row.id] * 4)
        message = sent[3]
        self.assertEqual((message.channel, message.template, message.locale), ("email", "portal_credentials", "en"))
        self.assertIn(message.data["password"], message.text)
        self.assertIn("https://portal.example", message.html)
        self.assertRaises(TypeError, clinic.open, self.storage, channels={"email": "no function"})
        self.assertRaises(clinic.ValidationFailed, clinic.open, self.storage, channels={"pigeon": send})

    def run_program(self, program, *arguments):
        return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)

    def test_a_channel_in_which_the_clinic_is_collected(self):
        """[NOTE-6]"""
        # Nobody but a circle refers to the clinic, and the collector runs in a thread of the clinic.
        script = (
            "import clinic, gc, sys, threading\n"
            "gc.disable()\n"
            "class Host: pass\n"
            "def begin(storage):\n"
            "    host = Host()\n"
            "    host.circle = host\n"
            "    called, gone = threading.Event(), threading.Event()\n"
            "    def send(message):\n"
            "        called.set(); gone.wait(); gc.collect(); done.set()\n"
            "    host.clinic = clinic.open(storage, channels={'email': send}, policy={\n"
            "        'portal_address': 'https://portal.example', 'credential_delivery': 'message', 'password_hash_cost': 4})\n"
            "    with host.clinic.system('desk') as desk:\n"
            "        desk.patients.register(first_name='J', last_name='S', create_portal_account=True, portal_email='j@example.org')\n"
            "    called.wait()\n"
            "    return gone\n"
            "done = threading.Event()\n"
            "begin(sys.argv[1]).set()\n"
            "done.wait()\n"
            "while clinic.live_objects(): pass\n"
            "print('closed')\n"
        )
        done = self.run_program(script, self.storage + ".collected")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "closed"), done.stderr)

    def test_a_clock_in_which_the_clinic_is_collected(self):
        """[BIND-2]"""
        script = (
            "import clinic, datetime, gc, sys, threading\n"
            "gc.disable()\n"
            "class Host: pass\n"
            "main, gone = threading.get_ident(), threading.Event()\n"
            "def now():\n"
            "    if gone.is_set() and threading.get_ident() != main: gc.collect()\n"
            "    return datetime.datetime.now(datetime.timezone.utc)\n"
            "def begin(storage):\n"
            "    host = Host()\n"
            "    host.circle = host\n"
            "    host.clinic = clinic.open(storage, now=now, channels={'email': print}, policy={\n"
            "        'portal_address': 'https://portal.example', 'dispatch_seconds': 1, 'password_hash_cost': 4})\n"
            "begin(sys.argv[1])\n"
            "gone.set()\n"
            "while clinic.live_objects(): pass\n"
        )
        done = self.run_program(script, self.storage + ".clock")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_program_that_ends_without_closing(self):
        """[NOTE-6]"""
        script = (
            "import clinic, sys, threading, time\n"
            "called = threading.Event()\n"
            "def send(message):\n"
            "    called.set(); time.sleep(0.3)\n"
            "opened = clinic.open(sys.argv[1], channels={'email': send}, policy={\n"
            "    'portal_address': 'https://portal.example', 'credential_delivery': 'message', 'password_hash_cost': 4})\n"
            "desk = opened.system('desk')\n"
            "desk.patients.register(first_name='J', last_name='S', create_portal_account=True, portal_email='j@example.org')\n"
            "called.wait()\n"
        )
        done = self.run_program(script, self.storage + ".left")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_events_are_followed(self):
        """[BIND-3]"""
        jane = self.desk.patients.register(**JANE).patient
        seen = list(self.desk.follow_events(idle=0))
        self.assertEqual([(event.position, event.type, event.resource_id) for event in seen], [(1, "patient.registered", jane.id)])
        self.assertEqual(list(self.desk.follow_events(1, idle=0)), [])
        following = self.desk.follow_events(1)
        other = threading.Thread(target=lambda: self.desk.patients.update(patient=jane.id, first_name="Janet"))
        other.start()
        self.assertEqual(next(following).type, "patient.updated")
        other.join()
        following.close()
        self.assertRaises(clinic.PositionUnknown, next, self.desk.follow_events(99, idle=0))
        with self.clinic.system("desk", "receptionist") as desk:
            self.assertRaises(clinic.Forbidden, next, desk.follow_events(idle=0))

    def test_a_challenge_that_is_no_function(self):
        """[AUTH-9]"""
        self.assertRaises(TypeError, clinic.open, self.storage, challenge="secret")

    def test_a_challenge(self):
        """[BIND-2] [AUTH-9]"""
        asked = []
        verdicts = []

        def judge(*question):
            asked.append(question)
            verdict = verdicts.pop(0)
            if verdict == "raise":
                raise ValueError("canary")
            return verdict

        async def later():
            return True

        policy = {"self_registration": True, "password_hash_cost": 4}
        with clinic.open(self.storage + ".judged", challenge=judge, policy=policy) as judged:
            nobody = judged.anonymous()
            person = {**JANE, "password": "a long enough passphrase"}
            coroutine = later()
            for verdict in (False, None, 1, "True", coroutine):
                verdicts.append(verdict)
                self.raised(clinic.ChallengeFailed, nobody.auth.register, **person, challenge="03AGdBq2")
            coroutine.close()
            verdicts.append("raise")
            with self.assertLogs("clinic", level="ERROR") as logs:
                error = self.raised(clinic.ChallengeFailed, nobody.auth.register, **person, challenge="03AGdBq2")
            self.assertEqual([record.getMessage() for record in logs.records], ["challenge= raised ValueError"])
            self.assertEqual((error.status, error.detail), (403, ""))
            self.assertEqual(judged.system("x").patients.list().items, [])
            verdicts.extend([True, True])
            made = nobody.auth.register(**person, origin="192.0.2.1", challenge="03AGdBq2 é")
            self.assertEqual((made.user.email, made.patient.id), (JANE["email"], made.user.id))
            self.assertEqual(asked[-1], ("auth.register", "192.0.2.1", "03AGdBq2 é"))
            nobody.call("auth.request_password_reset", {"login": "x"})
            self.assertEqual(asked[-1], ("auth.request_password_reset", "", ""))
            nobody.call("auth.login", {"login": JANE["email"], "password": person["password"]}, challenge="unasked")
            self.assertEqual(len(asked), 8)
            self.assertRaises(ValueError, nobody.auth.register, **person, challenge="a\0b")


class Fork(Case):
    def in_child(self, body):
        """Runs the body in a child of fork; what it raises is this process's failure. A hang is one too."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(read)
                signal.alarm(60)
                body()
                code = 0
            except BaseException as error:  # noqa: B902 - told to the parent
                os.write(write, repr(error).encode()[:4000])
            finally:
                os._exit(code)
        os.close(write)
        with os.fdopen(read, "rb") as told:
            text = told.read().decode()
        _, status = os.waitpid(child, 0)
        self.assertEqual((status, text), (0, ""))

    def test_a_child_gets_closed_and_the_parent_goes_on(self):
        """[BIND-2]"""
        self.desk.patients.register(**JANE)

        def child():
            for use in (self.desk.patients.list, self.clinic.anonymous, lambda: self.desk.call("system.health")):
                error = self.raised(clinic.Closed, use)
                assert "another process" in str(error), error
            self.desk.close()
            self.clinic.close()
            assert clinic.live_objects() == 0, clinic.live_objects()
            error = self.raised(clinic.Error, lambda: clinic.open(self.storage, **self.configuration))
            assert error.code == "plugin_refused" and "fork" in error.detail, error

        self.in_child(child)
        self.in_child(child)
        self.desk.patients.update(patient=self.desk.patients.list().items[0].id, gender="female")
        self.assertEqual(self.desk.patients.list().items[0].gender, "female")

    @unittest.skipIf("asan" in os.environ.get("LD_PRELOAD", ""),
                     "the address sanitizer's allocator stays locked in a child of a process with threads")
    def test_a_fork_while_other_threads_call(self):
        """[BIND-2]"""
        stop = threading.Event()

        def work():
            while not stop.is_set():
                self.desk.patients.list()
                self.clinic.system("worker").system.health()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        def child():
            self.raised(clinic.Closed, self.desk.patients.list)
            self.desk.close()
            self.clinic.close()

        try:
            for _ in range(20):
                self.in_child(child)
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def test_multiprocessing(self):
        """[BIND-2]"""
        self.clinic.close()  # a child cannot use SQLite where its parent was using it when it forked
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        arguments = (self.storage, self.configuration, queue)
        processes = [context.Process(target=_register, args=arguments) for _ in range(3)]
        for process in processes:
            process.start()
        results = sorted(queue.get(timeout=100) for _ in processes)
        for process in processes:
            process.join(60)
        self.assertEqual(results, ["duplicate_email", "duplicate_email", "registered"])
        self.clinic = clinic.open(self.storage, **self.configuration)
        self.desk = self.clinic.system("front-desk")
        self.assertEqual(len(self.desk.patients.list().items), 1)


def _register(storage, configuration, queue):
    with clinic.open(storage, **configuration) as own:
        try:
            own.system("child").patients.register(**JANE, create_portal_account=True)
            queue.put("registered")
        except clinic.Error as error:
            queue.put(error.code)


class LibrarySearch(unittest.TestCase):
    def run_python(self, code, **environment):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLINIC_")}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, timeout=60)

    def test_what_was_tried_is_said(self):
        """[BIND-2]"""
        done = self.run_python("import clinic; clinic.version()", CLINIC_LIBRARY="/nowhere/libclinic_c.so")
        self.assertIn("LibraryNotFound", done.stderr)
        self.assertIn("/nowhere/libclinic_c.so (CLINIC_LIBRARY)", done.stderr)
        elsewhere = "import clinic; clinic.version(library='/elsewhere.so')"
        done = self.run_python(elsewhere, CLINIC_LIBRARY="/nowhere/libclinic_c.so")
        self.assertIn("/elsewhere.so (library=)", done.stderr)
        self.assertNotIn("/nowhere", done.stderr)
        done = self.run_python("import clinic; clinic.version()")
        if done.returncode:  # else one is installed
            self.assertIn("(beside the package)", done.stderr)
            self.assertIn("libclinic_c.so.0 (system loader)", done.stderr)

    def test_a_library_that_is_another_one(self):
        """[BIND-2]"""
        done = self.run_python("import clinic; clinic.version(library='libm.so.6')")
        self.assertIn("clinic_abi_version", done.stderr)

    def test_importing_needs_no_library(self):
        """[BIND-2]"""
        code = "import clinic; print(clinic.DuplicateEmail.code)"
        done = self.run_python(code, CLINIC_LIBRARY="/nowhere/libclinic_c.so")
        self.assertEqual(done.stdout.strip(), "duplicate_email", done.stderr)


if __name__ == "__main__":
    reported.main("python")
