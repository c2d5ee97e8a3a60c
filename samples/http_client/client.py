"""A patient registers, logs in and reads the own record over HTTP: with nothing but Python's standard library.

    clinic serve --demo
    python3 client.py http://127.0.0.1:8080
"""

import json
import sys
import urllib.error
import urllib.request
import uuid


class Api:
    """Calls of one caller."""

    def __init__(self, address, token=None):
        self.address, self.token = address + "/api/v1", token

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())  # sent again after a broken connection, it is done once
        request = urllib.request.Request(self.address + path, None if body is None else json.dumps(body).encode(), headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            error = json.load(refused)
            raise SystemExit(f"{method} {path}: {error['error']} {error['detail']} ({error['code']})") from None


def main(address):
    email = f"{uuid.uuid4().hex[:8]}@example.org"
    anybody = Api(address)
    anybody.call("POST", "/auth/register", {
        "first_name": "Amina", "last_name": "Yusuf", "email": email, "password": "a passphrase of one's own"})
    login = anybody.call("POST", "/auth/login", {"login": email, "password": "a passphrase of one's own"})
    me = Api(address, login["access_token"]).call("GET", "/auth/me")
    print(f"{me['patient']['first_name']} {me['patient']['last_name']} is patient {me['patient']['number']}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
