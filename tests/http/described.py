"""What an OpenAPI document says, held against what its server answers. Validators are made once an operation and status."""

import json
import re

import jsonschema

# The server's own paths, which the document does not describe.
OWN = {"/", "/docs", "/openapi.json", "/health", "/ready", "/metrics"}


class Described:
    def __init__(self, document):
        self.document = document
        self._prefixes = [server["url"].rstrip("/") for server in document["servers"]]
        self._paths = [(re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + "/?"), template)
                       for template in sorted(document["paths"], key=lambda each: each.count("{"))]
        self._resolver = jsonschema.RefResolver("", document)
        self._validators = {}

    def template_of(self, target):
        """The path of the document, without its prefix, to which a request goes; None where there is none."""
        path = target.split("?")[0]
        for prefix in self._prefixes:
            if not path.startswith(prefix + "/"):
                continue
            for pattern, template in self._paths:
                if pattern.fullmatch(path[len(prefix):]):
                    return template
        return None

    def said(self, template, method, status):
        """The described response, or None."""
        return self.document["paths"][template][method.lower()]["responses"].get(str(status))

    def validator(self, schema):
        return jsonschema.Draft202012Validator(schema, resolver=self._resolver)

    def judge(self, method, target, status, headers, answer):
        """Raises an error where the answer is not as described."""
        headers = {name.lower(): value for name, value in headers.items()}
        if method not in ("GET", "POST", "PUT", "PATCH", "DELETE") or (status < 400 and target.split("?")[0] in OWN):
            return
        what = f"{method} {target.split('?')[0]}: {status}"
        template = self.template_of(target)
        if template is None or method.lower() not in self.document["paths"][template]:
            # no operation: only an error can come back
            assert status >= 400, f"{what} for what is not described"
            self._fits(("error",), {"$ref": "#/components/schemas/Error"}, answer, what)
            return
        said = self.said(template, method, status)
        assert said is not None, f"{what} is not described: {answer}"
        if "content" not in said:
            assert answer is None, f"{what} has a body: {answer}"
            return
        assert headers["content-type"] == "application/json", f"{what} is {headers['content-type']}"
        for name, header in said.get("headers", {}).items():
            if self.document["components"]["headers"][header["$ref"].rsplit("/", 1)[1]].get("required"):
                assert name.lower() in headers, f"{what} is without {name}"
        self._fits((template, method, status), said["content"]["application/json"]["schema"], answer, what)
        if status >= 400:
            assert f"`{answer['code']}`" in said["description"], f"{what}: {answer['code']} is not described"

    def _fits(self, place, schema, answer, what):
        if place not in self._validators:
            self._validators[place] = self.validator(schema)
        wrong = jsonschema.exceptions.best_match(self._validators[place].iter_errors(answer))
        assert wrong is None, f"{what}: {wrong.json_path}: {wrong.message}: {json.dumps(answer)[:2000]}"
