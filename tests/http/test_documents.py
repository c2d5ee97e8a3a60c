"""[HTTP-1] The curl examples of the documents, as printed there but for the host and the prefix, under each document's profile.

Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY.
"""

import contextlib
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402
from judging_proxy import judging_proxy  # noqa: E402
from server import PASSWORD, place  # noqa: E402


class Documents(unittest.TestCase):
    def serve(self, profile, prefixes, **policy):
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        self.place = opened.enter_context(place(profile=profile, policy={"portal_address": "https://portal.example", **policy},
                                                http={"prefixes": prefixes}))
        self.server = opened.enter_context(self.place.serve())
        return self.server

    def shell(self, script, printed_host, **variables):
        """What the script prints, as JSON. The host is the server's, placeholders are what they stand for."""
        for name, value in variables.items():
            script = script.replace(name, value)
        with judging_proxy(f"http://127.0.0.1:{self.server.port}") as address:
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", script.replace(printed_host, address)], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_clinic_backend(self):
        """[HTTP-1] API Usage Examples."""
        server = self.serve("clinic-backend", ["/"])
        self.place.run("admin", "create", "--email", "admin@clinic.com", "--password-stdin", text="password of admin")
        here = "http://localhost:5000"
        login = self.shell("""curl -X POST http://localhost:5000/auth/login \\
  -H "Content-Type: application/json" \\
  -d '{"email": "admin@clinic.com", "password": "password of admin"}'""", here)
        token = login["access_token"]
        me = self.shell("""curl -X GET http://localhost:5000/auth/me \\
  -H "Authorization: Bearer <access_token>\"""", here, **{"<access_token>": token})
        self.assertEqual(me["user"]["email"], "admin@clinic.com")
        made = self.shell("""curl -X POST http://localhost:5000/patients \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer <access_token>" \\
  -d '{
    "name": "John Doe",
    "phone": "+1234567890",
    "email": "john@example.com",
    "gender": "male",
    "date_of_birth": "1990-01-01"
  }'""", here, **{"<access_token>": token})
        self.assertTrue(made["success"])
        self.assertEqual((made["patient"]["first_name"], made["patient"]["last_name"]), ("John", "Doe"))
        listed = self.shell("""curl -X GET http://localhost:5000/patients \\
  -H "Authorization: Bearer <access_token>\"""", here, **{"<access_token>": token})
        found = self.shell("""curl -X GET "http://localhost:5000/patients/search?q=john&gender=male" \\
  -H "Authorization: Bearer <access_token>\"""", here, **{"<access_token>": token})
        self.assertEqual(listed["items"], found["items"])
        self.assertEqual(found["items"][0]["id"], made["patient"]["id"])
        root = self.shell("curl http://localhost:5000/", here)
        self.assertTrue({"method", "path", "description", "parameters"} <= root["endpoints"][0].keys())
        self.assertEqual(server.call("GET", "/health")[2], {"status": "up"})

    def test_portal_registration(self):
        """[HTTP-1][PORTAL-1] Manual cURL Test, and the request examples with their answers."""
        server = self.serve("portal", ["/api/v1"])
        admin = server.log_in()
        status, _, _ = server.call("POST", "/api/v1/users/", {"username": "receptionist", "password": PASSWORD, "role": "RECEPTIONIST"}, admin)
        self.assertEqual(status, 201)
        made = self.shell("""TOKEN=$(curl -s -X POST http://localhost:8000/api/v1/auth/login/ \\
  -H "Content-Type: application/json" \\
  -d '{"username":"receptionist","password":"your_pass"}' \\
  | jq -r '.access')
curl -X POST http://localhost:8000/api/v1/patients/ \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "first_name": "API",
    "last_name": "Test",
    "create_portal_account": true,
    "portal_email": "apitest@example.com",
    "portal_phone": "0712345678"
  }' | jq '.'""", "http://localhost:8000", your_pass=PASSWORD)
        self.assertTrue(made["success"])
        self.assertTrue(made["portal_created"])
        self.assertEqual(made["patient"]["patient_id"], made["patient"]["number"])
        self.assertRegex(made["patient"]["patient_id"], "^LMC[0-9]{6}$")
        self.assertTrue(made["patient"]["portal_enabled"])
        self.assertEqual(made["portal_credentials"]["username"], "apitest@example.com")
        self.assertEqual(len(made["portal_credentials"]["temporary_password"]), 12)
        self.assertEqual(made["portal_credentials"]["login_url"], "/patient-portal/login")
        for request, error, detail in (
            ({"first_name": "Test", "last_name": "User", "create_portal_account": True, "portal_email": "apitest@example.com"},
             "A portal account with this email already exists.", "Please use a different email address for the patient portal."),
            ({"first_name": "Test", "last_name": "User", "create_portal_account": True},
             "Validation failed", "Email is required when creating a patient portal account."),
        ):
            status, _, answer = server.call("POST", "/api/v1/patients/", request, admin)
            self.assertEqual(status, 400)
            self.assertEqual((answer["success"], answer["error"], answer["detail"]), (False, error, detail))

    def test_dual_table(self):
        """[HTTP-1] The three steps of a registration: the second body of /auth/register."""
        server = self.serve("dual-table", ["/api"])
        status, _, started = server.call("POST", "/api/auth/register", {"email": "patient@example.com"})
        self.assertEqual(status, 200, started)
        self.assertIn("verification_token", started)
        status, _, answer = server.call("POST", "/api/auth/verify-email",
                                        {"email": "patient@example.com", "code": "000000", "verification_token": started["verification_token"]})
        self.assertEqual((status, answer["code"]), (400, "code_wrong"))

    def test_patient_user_sync(self):
        """[HTTP-1] Patients, users and their synchronisation: the first body of /auth/register."""
        server = self.serve("email-sync", ["/api"])
        status, _, made = server.call("POST", "/api/auth/login", {"login": "admin@clinic.example", "password": PASSWORD})
        self.assertEqual(status, 200, made)
        admin = made["access_token"]
        status, _, registered = server.call("POST", "/api/auth/register", {
            "firstName": "Mona", "lastName": "Fahmy", "email": "mona@example.com", "password": PASSWORD, "role": "patient", "dob": "1990-01-01"})
        self.assertEqual(status, 201, registered)
        self.assertEqual(registered["user"]["patient_id"], registered["patient"]["id"])
        status, _, made = server.call("POST", "/api/patients", {
            "name": "John", "lastName": "Doe", "email": "john@example.com", "phone": "123456789", "dob": "1990-01-01"}, admin)
        self.assertEqual(status, 201, made)
        status, _, account = server.call("POST", f"/api/patients/{made['patient']['id']}/create-account", {"password": PASSWORD}, admin)
        self.assertEqual(status, 201, account)
        status, _, run = server.call("POST", "/api/admin/sync-patients-users", token=admin)
        self.assertEqual(status, 200, run)
        self.assertIn("conflict_count", run)

    def test_phone_sync(self):
        """[HTTP-1] "Handle these response types from registration"."""
        server = self.serve("phone-sync", ["/api/v1"])
        service = server.log_in()
        visit = {"phone": "+919999999999", "starts_at": "2999-01-05T09:00:00Z", "doctor": "Dr. Rao"}
        status, _, booked = server.call("POST", "/api/v1/ivr/bookings", visit, service)
        self.assertEqual(status, 201, booked)
        person = {"first_name": "John", "last_name": "Doe", "username": "john", "phone_number": "+919999999999", "password": PASSWORD}
        status, _, refused = server.call("POST", "/api/v1/auth/register", person)
        self.assertEqual((status, refused["error"]), (409, "ivr_account_exists"))
        self.assertTrue(refused["message"].startswith("We found that you have booked appointments via phone."))
        person["phone_number"] = "+918888888888"
        status, _, registered = server.call("POST", "/api/v1/auth/register", person)
        self.assertEqual(status, 201, registered)
        status, _, login = server.call("POST", "/api/v1/auth/login", {"login": "john", "password": PASSWORD})
        self.assertEqual(status, 200, login)
        self.assertEqual(login["token"], login["access_token"])
        self.assertEqual(login["user"]["username"], "john")


if __name__ == "__main__":
    reported.main("http_documents")
