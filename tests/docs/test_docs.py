"""The documents' code: each block is taken from a file that a test builds and runs, or is run here.

A comment before each block says which: `<!-- from: FILE -->` (the block stands in that file, word for word), `<!-- run -->` (each line is
run here with the built `clinic` for `./dev clinic`; a patient number becomes the one that was registered before it), `<!-- run by: WHAT -->` (`tests/docs`: as a whole, by a test below), or `<!-- output -->` and `<!-- picture -->` for what is no code.
"""

import email
import email.policy
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

import aiosmtpd.controller

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import reported  # noqa: E402

_BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)


def documents():
    """Those written by hand: the generated ones have a test of their own, docs_are_generated."""
    every = [ROOT / "README.md", ROOT / "samples" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [document for document in every if not document.read_text(encoding="utf-8").startswith("<!-- Generated")]


def blocks():
    for document in documents():
        for block in _BLOCK.finditer(document.read_text(encoding="utf-8")):
            yield document.relative_to(ROOT), block["mark"] or "", block["language"], block["text"]


def without_indentation(text):
    return [line.strip() for line in text.strip().splitlines()]


def contains(lines, part):
    return any(lines[i : i + len(part)] == part for i in range(len(lines) - len(part) + 1))


class Documents(unittest.TestCase):
    def test_every_block_says_where_it_comes_from(self):
        for document, mark, language, text in blocks():
            with self.subTest(document=str(document), block=text[:60]):
                self.assertRegex(mark, r"^(from: |run$|run by: |output$|picture$)")

    def test_blocks_from_files_stand_there(self):
        for document, mark, language, text in blocks():
            if mark.startswith("from: "):
                with self.subTest(document=str(document), block=text[:60]):
                    source = (ROOT / mark[len("from: ") :]).read_text(encoding="utf-8")
                    self.assertTrue(contains(without_indentation(source), without_indentation(text)))

    def test_commands_run(self):
        for document, mark, language, text in blocks():
            if mark != "run":
                continue
            with self.subTest(document=str(document), block=text[:60]), tempfile.TemporaryDirectory() as folder:
                number = None
                for line in text.strip().splitlines():
                    if number:
                        line = re.sub(r"\bP\d{7}\b", number, line)
                    words = shlex.split(line, comments=True)
                    self.assertEqual(words[:2], ["./dev", "clinic"], line)
                    done = subprocess.run(
                        [os.environ["CLINIC_CLI"], *words[2:]], cwd=folder, capture_output=True, text=True, timeout=60
                    )
                    self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")
                    if "register" in words:
                        number = json.loads(done.stdout)["patient"]["number"]

    @unittest.skipUnless("CLINIC_TEST_POSTGRESQL" in os.environ, "needs a server: docs.server")
    def test_try_it_with_a_server(self):
        """docs/storage.md's block, in a database of this test."""
        block = next(text for document, mark, _, text in blocks() if document.name == "storage.md" and mark == "run by: tests/docs")
        name = f"clinic_docs_{os.getpid()}"
        script = block.replace("DATABASE clinic", f"DATABASE {name}").replace("%/*}/clinic", f"%/*}}/{name}")
        script = script.replace("./dev clinic", shlex.quote(os.environ["CLINIC_CLI"]))
        server = os.environ["CLINIC_TEST_POSTGRESQL"]
        with tempfile.TemporaryDirectory() as folder:
            try:
                done = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=120)
            finally:
                subprocess.run(["psql", server, "-qc", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"], timeout=60, check=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        self.assertEqual((answers[0]["made"], answers[0]["schema"]), ([], "made"))
        self.assertEqual(answers[1]["patient"]["first_name"], "Jane")

    def test_the_first_server(self):
        """[HTTP-1] docs/http.md: the demo, and what is called there."""
        start, *calls, _ = [text for document, mark, _, text in blocks() if document.name == "http.md" and mark.startswith("run by")]
        words = shlex.split(start)
        self.assertEqual(words[0], "clinic")
        with subprocess.Popen([os.environ["CLINIC_CLI"], *words[1:], "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
            address = json.loads(server.stdout.readline())["listening"]
            said = []
            for call in calls:
                script = call.replace("http://127.0.0.1:8080", address)
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                said.append(done.stdout)
            server.terminate()
        self.assertEqual(json.loads(said[0])["items"][0]["first_name"], "Jane")
        self.assertIn("is patient P", said[1])

    def test_a_clinic_of_your_own(self):
        """[CONF-1] [CONF-3] docs/http.md: made, served, and logged in to."""
        block = [text for document, mark, _, text in blocks() if document.name == "http.md" and mark.startswith("run by")][-1]
        make, serve = block.strip().splitlines()
        words = shlex.split(serve)
        self.assertEqual(words[0], "clinic")
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "password.txt").write_text("correct horse battery\n", encoding="utf-8")
            done = subprocess.run(["sh", "-ec", 'clinic() { "$CLINIC_CLI" "$@"; }\n' + make], cwd=folder, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["next"][-1], serve)
            with subprocess.Popen([os.environ["CLINIC_CLI"], *words[1:], "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True) as server:
                address = json.loads(server.stdout.readline())["listening"]
                login = json.dumps({"login": "you@example.com", "password": "correct horse battery"}).encode()
                request = urllib.request.Request(address + "/api/v1/auth/login", login, {"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=60) as answer:
                    self.assertEqual(json.load(answer)["user"]["role"], "superadmin")
                server.terminate()

    def test_the_first_message(self):
        """[NOTE-1] [NOTE-2]"""
        script = "\n".join(text for document, mark, _, text in blocks() if document.name == "messages.md" and mark.startswith("run by"))
        configuration = json.loads((ROOT / "samples/messages/clinic.json").read_text(encoding="utf-8"))
        mails = []

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
                return "250 OK"

        server = aiosmtpd.controller.Controller(Handler(), hostname="127.0.0.1", port=0)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            server.port = free.getsockname()[1]
        server.start()
        self.addCleanup(server.stop)
        with tempfile.TemporaryDirectory() as folder:
            url = configuration["notifiers"][0]["url"]
            configuration["notifiers"][0]["url"] = url.replace(":2525", f":{server.port}")
            pathlib.Path(folder, "clinic.json").write_text(json.dumps(configuration), encoding="utf-8")
            run = subprocess.run(
                ["sh", "-ec", 'clinic() { "$CLINIC_CLI" "$@"; }\n' + script], cwd=folder, capture_output=True, text=True, timeout=60
            )
        self.assertEqual(run.returncode, 0, run.stderr)
        dispatched, preview, listed, checked = (json.loads(line) for line in run.stdout.splitlines()[-4:])
        self.assertEqual(dispatched, {"sent": 1, "later": 0, "unknown": 0, "dead": 0, "cancelled": 0, "waiting": 0})
        self.assertTrue(preview["right_to_left"])
        self.assertEqual([message["status"] for message in listed["items"]], ["sent"])
        self.assertTrue(checked["valid"])
        self.assertEqual([mail["to"] for mail in mails], ["Jane <jane@example.org>"])
        self.assertIn("https://portal.clinic.example/patient-portal/login?", mails[0].get_body(("plain",)).get_content())

    def test_another_key_for_an_embedded_database(self):
        """[ACCESS-5] docs/encryption.md's block, step by step, on a database of this test."""
        block = next(text for document, mark, _, text in blocks() if document.name == "encryption.md" and mark == "run by: tests/docs")
        cli = shlex.quote(os.environ["CLINIC_CLI"])
        with tempfile.TemporaryDirectory() as folder:

            def shell(script):
                done = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                return [json.loads(line) for line in done.stdout.splitlines()]

            shell(f"{cli} --storage sqlite:clinic.db init")
            answers = shell(block.replace("./dev clinic", cli))
            self.assertEqual([answer["data_key_resealed"] for answer in answers[:2]], [True, False])
            keys = [pathlib.Path(folder, name) for name in ("clinic.db.key.old", "clinic.db.key", "after.backup.key")]
            old, new, backed_up = (key.read_text(encoding="utf-8") for key in keys)
            self.assertNotEqual(old, new)
            self.assertEqual(new, backed_up)
            self.assertEqual([key.stat().st_mode & 0o777 for key in keys], [0o600] * 3)

    def test_moving_in(self):
        """docs/profiles.md's block: the number, the password and the link of a person of another system are kept."""
        block = next(text for document, mark, _, text in blocks() if document.name == "profiles.md" and mark == "run by: tests/docs")
        script = block.replace("./dev clinic", shlex.quote(os.environ["CLINIC_CLI"]))
        known = "$2b$10$WvtuSyNmms07ps24JmVH1.ftJDlCIgdAtho0BvAQr99oYvcl8tOwe"  # of "old passphrase"
        script += f"printf 'old passphrase' | {shlex.quote(os.environ['CLINIC_CLI'])} --storage sqlite:clinic.db "
        script += "auth login --login P2025001 --password -\n"
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                ["bash", "-euc", script], cwd=folder, env={**os.environ, "hash": known}, capture_output=True, text=True, timeout=120
            )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        imported, linked, checked, login = (json.loads(line) for line in done.stdout.splitlines()[-4:])
        self.assertEqual((imported["users_created"], imported["conflicts"]), (1, []))
        self.assertEqual(linked["users_seen"], 0)
        self.assertTrue(checked["valid"])
        self.assertEqual(login["user"]["email"], "siti@example.com")

    def test_links_lead_somewhere(self):
        for document in documents():
            for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
                if not target.startswith("http"):
                    with self.subTest(document=document.name, target=target):
                        self.assertTrue((document.parent / target).exists())


if __name__ == "__main__":
    reported.main("docs")
