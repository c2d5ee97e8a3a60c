"""[HTTP-2] The server does what its own OpenAPI says: requests made from it, answers judged by it, with a validator of others.

Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY, CLINIC_TEST_DATABASE, CLINIC_TEST_BACKEND.
"""

import contextlib
import json
import os
import sys
import tempfile
import unittest

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402
from database import Database  # noqa: E402
from described import Described  # noqa: E402
from generated import requests_of  # noqa: E402
from server import Place  # noqa: E402

PROFILES = ("standard", "portal", "phone-sync")  # with other names in answers, with other errors


class Contract(unittest.TestCase):
    def serve(self, profile):
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        database = opened.enter_context(Database())
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        here = Place(folder, storage=database.url, master_key=database.master_key, profile=profile,
                     policy={"portal_address": "https://portal.example"})
        return opened.enter_context(here.serve())

    def test_the_document_is_well_formed(self):
        """[HTTP-2] Each profile's; every schema is one, every example fits its schema, every id is there once."""
        for profile in PROFILES:
            with self.subTest(profile=profile):
                document = self.serve(profile).call("GET", "/openapi.json")[2]
                self.assertEqual(document["openapi"], "3.1.0")
                described = Described(document)
                for schema in document["components"]["schemas"].values():
                    jsonschema.Draft202012Validator.check_schema(schema)
                ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
                self.assertEqual(len(ids), len(set(ids)))
                media = []
                for path in document["paths"].values():
                    for operation in path.values():
                        media += [operation["requestBody"]["content"]["application/json"]] if "requestBody" in operation else []
                        media += [said["content"]["application/json"] for said in operation["responses"].values() if "content" in said]
                validators = {}
                for each in media:
                    key = json.dumps(each["schema"])
                    if key not in validators:
                        validators[key] = described.validator(each["schema"])
                    validators[key].validate(each["example"])

    def test_requests_made_from_it(self):
        """[HTTP-2][HTTP-3] Each operation with its example, with each required field missing, and with each field of a wrong type."""
        server = self.serve("standard")
        document = server.described().document
        token = server.log_in()
        called = 0

        def status_of(request, path, body, caller):
            """The server's client compares the answer with what is said of it."""
            nonlocal called
            called += 1
            return server.call(request.method, "/api/v1" + path, body, caller)[0]

        for request in requests_of(document):
            with self.subTest(request=f"{request.method} {request.template}"):
                for what, body in request.wrong_bodies():
                    self.assertEqual(status_of(request, request.path, body, token), 400, what)
                self.assertNotEqual(status_of(request, request.full_path, request.body, token), 400, "its example is refused")
                status = status_of(request, request.path, request.body, None)
                if not request.for_anyone:
                    self.assertEqual(status, 401)
                # What anybody may do, also somebody may whose token is none.
                other = status_of(request, request.path, request.body, "no.token.atall")
                self.assertEqual(other == 401, status == 401)
        self.assertGreater(called, 400)


if os.environ.get("CLINIC_TEST_BACKEND", "sqlite") != "sqlite":
    del Contract.test_the_document_is_well_formed  # no database has a part in it

if __name__ == "__main__":
    reported.main("http_contract_" + os.environ.get("CLINIC_TEST_BACKEND", "sqlite"))
