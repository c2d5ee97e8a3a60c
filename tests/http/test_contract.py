"""[HTTP-2] The server does what its own OpenAPI says: requests made from it, answers judged by it, with a validator of others.

Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY, CLINIC_TEST_DATABASE, CLINIC_TEST_BACKEND.
"""

import contextlib
import json
import os
import re
import sys
import tempfile
import unittest
import urllib.parse

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402
from database import Database  # noqa: E402
from described import Described  # noqa: E402
from server import Place  # noqa: E402

PROFILES = ("standard", "portal", "phone-sync")  # with other names in answers, with other errors
# A value of each type that is none of the others.
WRONG = {"string": 7, "integer": "seven", "boolean": "yes", "array": {}, "object": []}


def wrong_value(schema):
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    return next((WRONG[kind] for kind in types if kind in WRONG), None)


def as_query(parameters):
    """With the examples of the parameters."""
    given = {each["name"]: [value if isinstance(value, str) else json.dumps(value) for value in
                            (each["example"] if isinstance(each["example"], list) else [each["example"]])] for each in parameters}
    return "?" + urllib.parse.urlencode(given, doseq=True) if given else ""


class Contract(unittest.TestCase):
    def serve(self, profile):
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        database = opened.enter_context(Database())
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        here = Place(folder, storage=database.url, master_key=database.master_key, profile=profile,
                     policy={"portal_address": "https://portal.example"})
        return opened.enter_context(here.serve())

    def judged(self, server, method, path, body, token):
        """Calls, and answers the status. The server's client compares the answer with what is said of it."""
        return server.call(method.upper(), "/api/v1" + path, body, token)[0]

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
        document = server.call("GET", "/openapi.json")[2]
        token = server.log_in()
        called = 0
        for template, path_item in document["paths"].items():
            for method, operation in path_item.items():
                if operation["operationId"].startswith(("auth.logout", "auth.change_password", "profile.delete")):
                    continue  # they would end this test's own login
                parameters = [each for each in operation["parameters"] if "$ref" not in each]
                path = re.sub(r"\{(\w+)\}", lambda name: urllib.parse.quote(str(next(
                    each["example"] for each in parameters if each["name"] == name.group(1))), safe=""), template)
                query = [each for each in parameters if each["in"] == "query"]
                full = path + as_query(each for each in query if each["required"])
                body = None
                if "requestBody" in operation:
                    media = operation["requestBody"]["content"]["application/json"]
                    body = media["example"]
                    schema = media["schema"]
                    while "$ref" in schema:
                        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
                    for name in schema["required"]:
                        less = {key: value for key, value in body.items() if key != name}
                        self.assertEqual(self.judged(server, method, full, less, token), 400, (full, name))
                        called += 1
                    for name, field in schema["properties"].items():
                        wrong = wrong_value(field)
                        if wrong is None:
                            continue
                        self.assertEqual(self.judged(server, method, full, {**body, name: wrong}, token), 400, (full, name))
                        called += 1
                    self.assertEqual(self.judged(server, method, full, {**body, "no_such_field": 1}, token), 400)
                with self.subTest(example=f"{method} {template}"):
                    every = path + as_query(query)
                    self.assertNotEqual(self.judged(server, method, every, body, token), 400, every)
                status = self.judged(server, method, full, body, None)
                if {} not in operation["security"]:
                    self.assertEqual(status, 401, full)
                # What anybody may do, also somebody may whose token is none.
                other = self.judged(server, method, full, body, "no.token.atall")
                self.assertEqual(other == 401, status == 401, full)
                called += 3
        self.assertGreater(called, 400)


if os.environ.get("CLINIC_TEST_BACKEND", "sqlite") != "sqlite":
    del Contract.test_the_document_is_well_formed  # no database has a part in it

if __name__ == "__main__":
    reported.main("http_contract_" + os.environ.get("CLINIC_TEST_BACKEND", "sqlite"))
