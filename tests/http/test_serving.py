"""[HTTP-4][HTTP-5] Servers that are stopped and killed while clients write.

Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY, CLINIC_TEST_DATABASE, CLINIC_TEST_BACKEND.
"""

import contextlib
import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402
from database import Database  # noqa: E402
from server import Place  # noqa: E402

GONE = (OSError, http.client.HTTPException)


class Serving(unittest.TestCase):
    def setUp(self):
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        self.database = opened.enter_context(Database())
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        self.place = Place(folder, storage=self.database.url, master_key=self.database.master_key)

    def patients(self):
        return int(self.database.rows("SELECT COUNT(*) AS n FROM patients")[0]["n"])

    def test_a_server_that_is_stopped_answers_what_it_began(self):
        """[HTTP-4] SIGTERM under load: whatever was written was answered, and whatever was answered is there."""
        answered = []
        with self.place.serve() as server:
            token = server.log_in()
            enough = threading.Event()

            def write(client):
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                with contextlib.suppress(*GONE):
                    for number in range(10000):
                        connection.request("POST", "/api/v1/patients", json.dumps({"first_name": f"C{client}", "last_name": f"N{number}"}),
                                           {"Content-Type": "application/json", "Authorization": "Bearer " + token})
                        response = connection.getresponse()
                        answer = json.loads(response.read())
                        server.described().judge("POST", "/api/v1/patients", response.status, dict(response.getheaders()), answer)
                        if response.status == 201:
                            answered.append(answer["patient"]["id"])
                        if len(answered) > 50:
                            enough.set()

            writers = [threading.Thread(target=write, args=(client,)) for client in range(8)]
            for writer in writers:
                writer.start()
            self.assertTrue(enough.wait(60))
            self.assertEqual(server.stop(signal.SIGTERM), 0)
            for writer in writers:
                writer.join()
        there = {row["id"] for row in self.database.rows("SELECT id FROM patients")}
        self.assertEqual(there, set(answered))

    def test_a_server_that_is_killed_does_each_keyed_write_once(self):
        """[HTTP-5] kill -9 while clients write that repeat by their idempotency keys: each write is done once."""
        servers, writes_of_client, clients, kills = [], 12, 6, 5
        changed = threading.Condition()
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        answered = [0]

        def begin():
            server = opened.enter_context(self.place.serve())
            with changed:
                servers.append(server)
                changed.notify_all()

        begin()
        token = servers[0].log_in()
        answers = {}

        def write(client):
            for number in range(writes_of_client):
                key = f"{client}-{number}"
                while key not in answers:
                    server = servers[-1]
                    try:
                        status, _, answer = server.call("POST", "/api/v1/patients", {"first_name": "Key", "last_name": f"K{client}x{number}"},
                                                        token, Idempotency_Key=key)
                    except GONE:
                        with changed:
                            changed.wait_for(lambda dead=server: servers[-1] is not dead, timeout=60)
                        continue
                    if status == 201:
                        answers[key] = answer["patient"]["id"]
                    else:
                        self.assertIn(status, (503, 500), answer)
                    with changed:
                        answered[0] = len(answers)
                        changed.notify_all()

        writers = [threading.Thread(target=write, args=(client,)) for client in range(clients)]
        for writer in writers:
            writer.start()
        total = writes_of_client * clients
        for kill in range(kills):
            with changed:
                changed.wait_for(lambda at=kill: answered[0] >= total * (at + 1) // (kills + 2) + random.randrange(3), timeout=60)
            servers[-1].stop(signal.SIGKILL)
            begin()
        for writer in writers:
            writer.join()
        self.assertEqual(len(answers), total)
        self.assertEqual(len(set(answers.values())), total)
        self.assertEqual(self.patients(), total)

    def test_one_key_at_two_servers_at_once(self):
        """[HTTP-5] The same POST fifty times at once, at two servers: one record, and fifty equal answers."""
        with self.place.serve() as first, self.place.serve() as second:
            token = first.log_in()
            answers, together = [], threading.Barrier(50)

            def write(number):
                together.wait()
                server = second if number % 2 else first
                status, _, answer = server.call("POST", "/api/v1/patients", {"first_name": "Only", "last_name": "One"}, token,
                                                Idempotency_Key="once")
                while status == 503:
                    status, _, answer = server.call("POST", "/api/v1/patients", {"first_name": "Only", "last_name": "One"}, token,
                                                    Idempotency_Key="once")
                answers.append((status, json.dumps(answer, sort_keys=True)))

            writers = [threading.Thread(target=write, args=(number,)) for number in range(50)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            self.assertEqual(len(answers), 50)
            self.assertEqual(len(set(answers)), 1, answers[:3])
            self.assertEqual(self.patients(), 1)

    def test_an_empty_key_is_none(self):
        """[HTTP-5]"""
        with self.place.serve() as server:
            token = server.log_in()
            for key in ("", '""'):
                status, _, refused = server.call("POST", "/api/v1/patients", {"first_name": "A", "last_name": "B"}, token, Idempotency_Key=key)
                self.assertEqual((status, refused["fields"][0]["path"]), (400, "Idempotency-Key"))
            self.assertEqual(self.patients(), 0)

    def test_versions(self):
        """[HTTP-5] ETag, If-Match and If-None-Match."""
        with self.place.serve() as server:
            token = server.log_in()
            _, _, made = server.call("POST", "/api/v1/patients", {"first_name": "Jane", "last_name": "Smith"}, token)
            path = "/api/v1/patients/" + made["patient"]["number"]
            status, headers, first = server.call("GET", path, token=token)
            self.assertEqual(status, 200)
            tag = headers["ETag"]
            self.assertTrue(tag.startswith("W/"))
            status, headers, nothing = server.call("GET", path, token=token, If_None_Match=tag)
            self.assertEqual((status, nothing), (304, None))
            status, _, changed = server.call("PATCH", path, {"first_name": "Janet"}, token, If_Match=tag)
            self.assertEqual((status, changed["version"]), (200, first["version"] + 1))
            status, _, refused = server.call("PATCH", path, {"first_name": "Jean"}, token, If_Match=tag)
            self.assertEqual((status, refused["code"]), (412, "stale_record"))
            status, headers, _ = server.call("GET", path, token=token, If_None_Match=tag)
            self.assertEqual(status, 200)
            self.assertNotEqual(headers["ETag"], tag)
            self.assertEqual(server.call("PATCH", path, {"first_name": "Jo"}, token, If_Match="*")[0], 200)
            for wrong in ("1", "\"a\"", "\"1\", \"2\""):
                status, _, refused = server.call("PATCH", path, {"first_name": "Jean"}, token, If_Match=wrong)
                self.assertEqual((status, refused["fields"][0]["path"]), (400, "If-Match"))

    def test_request_ids(self):
        """[HTTP-4][AUDIT-1] The id of a request is in the answer and in the audit."""
        with self.place.serve() as server:
            token = server.log_in()
            _, headers, _ = server.call("POST", "/api/v1/patients", {"first_name": "Jane", "last_name": "Smith"}, token, X_Request_Id="r-1")
            self.assertEqual(headers["X-Request-Id"], "r-1")
            _, _, page = server.call("GET", "/api/v1/audit?action=PATIENT_CREATED", token=token)
            self.assertEqual(page["items"][0]["metadata"]["request_id"], "r-1")
            self.assertEqual(page["items"][0]["origin"], "127.0.0.1")


if __name__ == "__main__":
    reported.main("http_serving_" + os.environ.get("CLINIC_TEST_BACKEND", "sqlite"))
