"""Every operation of the OpenAPI document, called in each role; every reply checked against it.

usage: test_roles.py DAGD
"""
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import json_schema  # noqa: E402
import serving  # noqa: E402
from serving import Serve, adder, wait_for  # noqa: E402

ROLES = ["none", "viewer", "operator", "admin"]
METHODS = ("get", "put", "post", "patch", "delete")
# what stands in paths: the DAG is there, the rest isn't
PARAMETERS = {"dag": "trade_sum", "node": "add", "subscriber": "in", "user": "nobody",
              "kind": "calculator", "type": "AdditionCalculator", "id": "0123456789abcdef",
              "revision": "1", "cycle": "1"}
QUERIES = {"readEvents": "?topics=dags", "stepDag": "?subscriber=in",
           "discardDeadLetters": "?ids=none"}
LAST = ("deleteDag", "drainServer", "logout")  # what the others need


class Operation:
    def __init__(self, path, method, about):
        self.path, self.method, self.about = path, method, about
        self.id, self.role = about["operationId"], about["x-role"]

    def url(self):
        return re.sub(r"\{(\w+)\}", lambda match: PARAMETERS[match.group(1)], self.path)

    def needs_body(self):
        return "requestBody" in self.about


class Called:
    """A reply; of a stream only its head."""

    def __init__(self, client, operation, query="", body=None):
        headers = dict(client.headers)
        if "If-Match" in str(operation.about["parameters"]):
            headers["If-Match"] = "*"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection = client.connect()
        connection.request(operation.method.upper(), operation.url() + query, body, headers)
        response = connection.getresponse()
        self.status = response.status
        self.type = response.headers.get("content-type", "")
        self.is_stream = self.type.startswith("text/event-stream")
        self.text = "" if self.is_stream else response.read().decode()
        response.close()
        connection.close()
        self.json = json.loads(self.text) if "json" in self.type and "ndjson" not in self.type \
            else None
        self.code = self.json.get("code") if isinstance(self.json, dict) else None

    def __repr__(self):
        return f"<{self.status} {self.text[:300]}>"


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.serve = Serve()
        cls.addClassCleanup(cls.serve.__exit__)
        cls.serve.start()
        admin = cls.serve.admin
        reply = admin.post("/dags?start=1", adder("trade_sum", "roles"))
        assert reply.status == 201, reply
        wait_for(lambda: '"running"' in admin.get("/dags/trade_sum/state").text, "the DAG to run")
        cls.document = json.loads(admin.get("/openapi.json").text)
        cls.operations = [Operation(path, method, about)
                          for path, methods in cls.document["paths"].items()
                          for method, about in methods.items() if method in METHODS]
        cls.operations.sort(key=lambda operation: operation.id in LAST)
        cls.clients = {role: cls.serve.client(cls.user_token(role)) for role in ROLES[1:]}
        cls.clients["none"] = cls.serve.client()

    @classmethod
    def user_token(cls, role, scope=""):
        """A user of its own for each role: its requests are counted by themselves."""
        name, password = f"{role}{len(scope)}", "staple wagon river 42"
        reply = cls.serve.admin.post("/users", {"name": name, "password": password, "role": role,
                                                "scope": scope})
        assert reply.status == 201, reply
        reply = cls.serve.client().post("/login", {"name": name, "password": password})
        return cls.serve.token("matrix", role, scope, by=cls.serve.signed_in(reply))

    def call(self, client, operation):
        body = {} if operation.needs_body() else None
        return Called(client, operation, QUERIES.get(operation.id, ""), body)

    def assert_documented(self, operation, reply):
        if reply.is_stream:
            return
        findings = json_schema.check_reply(self.document, operation.path, operation.method,
                                           reply.status, reply.type,
                                           reply.json if reply.json is not None or not reply.text
                                           else reply.text)
        self.assertEqual(findings, [], f"{operation.id}: {reply}")

    def test_who_is_nobody_is_asked_to_sign_in(self):
        for operation in self.operations:
            with self.subTest(operation.id):
                reply = self.call(self.clients["none"], operation)
                self.assert_documented(operation, reply)
                if operation.role == "none":
                    self.assertNotEqual(reply.code, "not_signed_in")
                else:
                    self.assertEqual((reply.status, reply.code), (401, "not_signed_in"))

    def test_a_role_below_is_refused(self):
        for role in ROLES[1:]:
            for operation in self.operations:
                if ROLES.index(operation.role) <= ROLES.index(role):
                    continue
                with self.subTest(f"{role} {operation.id}"):
                    reply = self.call(self.clients[role], operation)
                    self.assert_documented(operation, reply)
                    self.assertEqual((reply.status, reply.code), (403, "role_too_low"))

    def test_a_scope_hides_other_dags_and_what_concerns_all(self):
        narrow = self.serve.client(self.user_token("admin", "other_*"))
        for operation in self.operations:
            if operation.role == "none":
                continue
            with self.subTest(operation.id):
                if operation.about.get("x-unscoped"):
                    expected = (403, "scope_too_narrow")
                elif "{dag}" in operation.path:
                    expected = (404, "dag_not_found")
                else:
                    continue
                reply = self.call(narrow, operation)
                self.assert_documented(operation, reply)
                self.assertEqual((reply.status, reply.code), expected)
        listed = narrow.get("/dags")
        if listed.status == 200:
            self.assertEqual(listed.json["items"], [])
        reply = narrow.post("/dags", adder("trade_other", "scope"))
        self.assertEqual(reply.status, 404, reply)

    def test_the_role_itself_is_enough_and_replies_are_as_documented(self):
        for operation in self.operations:
            if operation.role == "none":
                continue
            with self.subTest(operation.id):
                reply = self.call(self.clients[operation.role], operation)
                self.assertNotIn(reply.status, (401, 403, 405, 500), reply)
                self.assert_documented(operation, reply)


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main()
