"""Requests that are made from an OpenAPI document: each operation with its examples, and with each mistake that a schema names."""

import json
import re
import urllib.parse

# They would end the login of the test that calls them.
ENDS_LOGIN = ("auth.logout", "auth.change_password", "profile.delete")
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


class Request:
    """What is sent to an operation. `path` has the required parameters of the query, `full_path` all."""

    def __init__(self, document, template, method, operation):
        self.method, self.template, self.operation = method.upper(), template, operation
        parameters = [each for each in operation["parameters"] if "$ref" not in each]
        path = re.sub(r"\{(\w+)\}", lambda name: urllib.parse.quote(str(next(
            each["example"] for each in parameters if each["name"] == name.group(1))), safe=""), template)
        query = [each for each in parameters if each["in"] == "query"]
        self.path = path + as_query(each for each in query if each["required"])
        self.full_path = path + as_query(query)
        self.for_anyone = {} in operation["security"]
        self.body, self.schema = None, None
        if "requestBody" in operation:
            media = operation["requestBody"]["content"]["application/json"]
            self.body, self.schema = media["example"], media["schema"]
            while "$ref" in self.schema:
                self.schema = document["components"]["schemas"][self.schema["$ref"].rsplit("/", 1)[1]]

    def wrong_bodies(self):
        """The body with each required field missing, each field of a wrong type, and one field too many; with what is wrong."""
        if self.schema is None:
            return
        for name in self.schema["required"]:
            yield name + " is missing", {key: value for key, value in self.body.items() if key != name}
        for name, field in self.schema["properties"].items():
            wrong = wrong_value(field)
            if wrong is not None:
                yield name + " is of a wrong type", {**self.body, name: wrong}
        yield "a field that is none", {**self.body, "no_such_field": 1}


def requests_of(document):
    for template, path_item in document["paths"].items():
        for method, operation in path_item.items():
            if not operation["operationId"].startswith(ENDS_LOGIN):
                yield Request(document, template, method, operation)
