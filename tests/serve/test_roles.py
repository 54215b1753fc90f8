"""Every operation of the OpenAPI document, called by everybody; every reply checked against it.

usage: test_roles.py DAGD
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import json_schema  # noqa: E402
import serving  # noqa: E402
from every_operation import (  # noqa: E402
    FIXTURES, REFUSED, Answer, Ask, Caller, Operation, World)
from populated import DAG  # noqa: E402
from serving import adder  # noqa: E402

ROLES = ["none", "viewer", "operator", "admin"]
METHODS = ("get", "put", "post", "patch", "delete")


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.__exit__)
        cls.world.start()
        cls.document = cls.world.admin.get("/openapi.json").json
        cls.operations = [Operation(path, method, about)
                          for path, methods in cls.document["paths"].items()
                          for method, about in methods.items()]
        cls.nobody = Caller("nobody", "", cls.world.client())
        cls.by_token = {role: cls.make_caller(role) for role in ROLES[1:]}
        cls.by_cookie = {role: cls.make_caller(role, by_token=False) for role in ROLES[1:]}

    @classmethod
    def make_caller(cls, role, scope="", by_token=True):
        """A user of its own: its requests are counted by themselves."""
        name = cls.world.new_user(role, scope=scope)
        client = cls.world.sign_in(name)
        token = cls.world.token("matrix", role, scope, by=client)
        if by_token:
            client = cls.world.client(token)
        return Caller(name, role, client)

    def operation(self, operation_id):
        return next(one for one in self.operations if one.id == operation_id)

    def ask_for(self, operation, caller):
        return FIXTURES[operation.id](self.world, caller)

    def answer(self, operation, caller, ask=None):
        ask = ask or self.ask_for(operation, caller)
        answer = Answer(self.world, operation, caller, ask)
        self.assert_documented(operation, answer)
        return answer

    def assert_documented(self, operation, answer):
        body = answer.json
        if body is None and answer.text:
            body = answer.text
        findings = json_schema.check_reply(self.document, operation.path, operation.method,
                                           answer.status, answer.type, body, answer.headers)
        self.assertEqual(findings, [], f"{operation.id}: {answer}")

    def assert_refused(self, operation, caller, ask, status, *codes):
        # with nothing else wrong: what is refused would be done for somebody else
        answer = self.answer(operation, caller, Ask(**{**vars(ask), "client": caller.client}))
        self.assertEqual((answer.status, answer.type), (status, "application/problem+json"), answer)
        self.assertIn(answer.code, codes, answer)
        self.assertEqual(answer.json["status"], status)

    def assert_good(self, operation, answer):
        if operation.id in REFUSED:
            self.assertEqual((answer.status, answer.code), REFUSED[operation.id], answer)
            return
        wanted = [int(status) for status in operation.about["responses"] if status < "300"]
        self.assertIn(answer.status, wanted, answer)
        self.assertEqual(answer.status, max(wanted), "201, not the 200 of a dry run")
        if isinstance(answer.json, dict) and "items" in answer.json:
            self.assertTrue(answer.json["items"], "a list without an item shows nothing")

    def each(self, check, condition=lambda operation: True):
        chosen = [operation for operation in self.operations if condition(operation)]
        self.assertTrue(chosen)
        for operation in chosen:
            with self.subTest(operation.id):
                check(operation)

    # ---- the table itself ----

    def test_there_is_a_request_for_every_operation(self):
        """Whoever adds an operation adds one to every_operation.py."""
        self.assertEqual(sorted(FIXTURES), sorted(operation.id for operation in self.operations))
        self.assertLessEqual(set(REFUSED), set(FIXTURES))
        for operation in self.operations:
            self.assertIn(operation.role, ROLES)
            self.assertIn(operation.method, METHODS)

    # ---- who may ----

    def test_each_role_gets_what_it_may(self):
        def check(operation):
            for role in ROLES[max(1, ROLES.index(operation.role)):]:
                with self.subTest(role=role):
                    self.assert_good(operation, self.answer(operation, self.by_token[role]))
        self.each(check)

    def test_a_login_session_gets_what_its_role_may(self):
        def check(operation):
            caller = self.by_cookie[operation.role if operation.role != "none" else "viewer"]
            self.assert_good(operation, self.answer(operation, caller))
        self.each(check)

    def test_what_anybody_may_needs_no_credential(self):
        self.each(lambda operation: self.assert_good(operation,
                                                     self.answer(operation, self.nobody)),
                  lambda operation: operation.role == "none")

    # ---- who may not; afterwards it is all still there for whoever may ----

    def test_the_refused_are_refused_and_nothing_is_done(self):
        secret = self.revoked_token()
        addresses = (f"127.0.1.{i}" for i in range(1, 255))  # too many from one are slowed down

        def check(operation):
            expired = Caller("gone", "", self.world.client(secret, source=next(addresses)))
            above = ROLES.index(operation.role)
            least = self.by_token[operation.role]
            ask = self.ask_for(operation, least)
            self.assert_refused(operation, self.nobody, ask, 401, "not_signed_in")
            self.assert_refused(operation, expired, ask, 401, "bad_token")
            for callers in (self.by_token, self.by_cookie):
                for role in ROLES[1:above]:
                    with self.subTest(role=role):
                        self.assert_refused(operation, callers[role], ask, 403, "role_too_low")
            self.assert_good(operation, self.answer(operation, least, ask))
        self.each(check, lambda operation: operation.role != "none")

    def revoked_token(self):
        secret = self.world.token("short", "admin")
        admin = self.world.admin
        token = next(token for token in admin.get("/users/root/tokens").json["items"]
                     if token["name"] == "short")
        reply = admin.call("DELETE", f"/users/root/tokens/{token['id']}")
        self.assertEqual(reply.status, 204, reply)
        return secret

    def test_a_token_of_a_lower_role_is_no_more_than_that(self):
        root = {role: Caller("root", role, self.world.client(self.world.token("low", role)))
                for role in ("viewer", "operator")}

        def check(operation):
            ask = self.ask_for(operation, self.by_token["admin"])
            for role in ROLES[1:ROLES.index(operation.role)]:
                with self.subTest(role=role):
                    self.assert_refused(operation, root[role], ask, 403, "role_too_low")
        self.each(check, lambda operation: operation.role in ("operator", "admin"))

    def test_another_site_changes_nothing_by_a_cookie(self):
        cookie = self.by_cookie["admin"].client.headers
        no_token = {name: value for name, value in cookie.items() if name != "X-CSRF-Token"}
        foreign = {**cookie, "Sec-Fetch-Site": "cross-site"}

        def check(operation):
            ask = self.ask_for(operation, self.by_cookie["admin"])
            for headers, code in ((no_token, "csrf"), (foreign, "cross_site")):
                caller = Caller("root", "admin", self.world.client(headers=headers))
                self.assert_refused(operation, caller, ask, 403, code)
        self.each(check, lambda operation: operation.is_unsafe() and operation.role != "none")

    def test_who_was_given_a_password_chooses_one_first(self):
        name = self.world.new_user("admin", must_change=True)
        caller = Caller(name, "admin", self.world.sign_in(name))
        allowed = ("changeMyPassword", "logout", "readMe")
        self.each(lambda operation: self.assert_refused(
            operation, caller, self.ask_for(operation, self.by_token["admin"]), 403,
            "password_must_change"),
            lambda operation: operation.role != "none" and operation.id not in allowed)
        self.assert_good(self.operation("readMe"), self.answer(self.operation("readMe"), caller))

    # ---- scopes ----

    def test_a_scope_hides_other_dags_and_what_concerns_all(self):
        narrow = self.make_caller("admin", "other_*")

        def check(operation):
            expected = (403, "scope_too_narrow") if operation.about.get("x-unscoped") \
                else (404, "dag_not_found")
            ask = self.ask_for(operation, self.by_token["admin"])
            self.assert_refused(operation, narrow, ask, *expected)
        self.each(check, lambda operation: operation.role != "none" and (
            operation.about.get("x-unscoped") or "{dag}" in operation.path or
            operation.id == "createDag"))
        client = narrow.client
        self.assertEqual(client.get("/dags").json["items"], [])
        self.assertEqual(client.get("/totals").json["dags"], 0)
        reply = client.post("/dag-actions", {"action": "stop", "names": [DAG]})
        self.assertEqual([result["code"] for result in reply.json["results"]], ["dag_not_found"])
        with client.stream("/events?topics=dags") as stream:
            self.assertEqual(stream.next_of("snapshot").data["data"]["dags"], [])
        self.assert_refused(self.operation("readEvents"), narrow, Ask(query="?topics=dag:" + DAG),
                            404, "dag_not_found")

    def test_a_scope_leaves_what_concerns_its_dags(self):
        fitting = self.make_caller("admin", "x_*,trade_*")
        self.each(lambda operation: self.assert_good(operation, self.answer(operation, fitting)),
                  lambda operation: not operation.about.get("x-unscoped"))
        client = fitting.client
        self.assertIn(DAG, [dag["name"] for dag in client.get("/dags?limit=500").json["items"]])
        self.assertEqual(client.get("/dags/broken_lines").status, 404)
        self.assertEqual(client.post("/dags", adder("other_1", "o")).status, 404)
        self.assertEqual(client.post(f"/dags/{DAG}/clone", {"name": "other_1"}).status, 404)
        self.assert_refused(self.operation("readEvents"), fitting, Ask(query="?topics=log"), 403,
                            "scope_too_narrow", "role_too_low")

    # ---- methods ----

    def test_other_methods_are_told_which_there_are(self):
        for path, methods in self.document["paths"].items():
            allowed = {method.upper() for method in methods} | ({"HEAD"} if "get" in methods
                                                                else set())
            for method in METHODS:
                if method in methods:
                    continue
                with self.subTest(f"{method} {path}"):
                    operation = Operation(path, method, next(iter(methods.values())))
                    answer = Answer(self.world, operation, self.by_token["admin"], Ask())
                    self.assertEqual((answer.status, answer.code), (405, "method_not_allowed"))
                    self.assertEqual(set(answer.headers["allow"].split(", ")) - {"OPTIONS"},
                                     allowed)


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main()
