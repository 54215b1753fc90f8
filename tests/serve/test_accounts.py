"""Accounts over HTTP: the set-up link, signing in, cross-site checks, tokens, users, the audit log.

usage: test_accounts.py DAGD
"""
import json
import sys
import unittest

import serving
from serving import PASSWORD, Serve

OTHER_PASSWORD = "staple wagon river 42"


class Accounts(unittest.TestCase):
    def setUp(self):
        self.serve = self.enterContext(Serve())

    def login(self, name, password, **headers):
        return self.serve.client().post("/login", {"name": name, "password": password}, **headers)

    def add_user(self, name, role="viewer", **more):
        reply = self.serve.admin.post("/users", {"name": name, "password": OTHER_PASSWORD,
                                                 "role": role, **more})
        self.assertEqual(reply.status, 201, reply)
        self.assertEqual(reply.headers["location"], f"/api/v1/users/{name}")
        return reply.json

    def assert_problem(self, reply, status, code):
        self.assertEqual((reply.status, reply.json["code"]), (status, code), reply)
        self.assertEqual(reply.headers["content-type"], "application/problem+json")
        self.assertEqual(reply.json["request_id"], reply.headers["x-request-id"])

    def test_the_set_up_link_works_once(self):
        reply = self.serve.client().post("/setup", {"token": "x", "name": "eve",
                                                    "password": OTHER_PASSWORD})
        self.assert_problem(reply, 409, "set_up_already")
        self.assertEqual(self.serve.browser.get("/me").json["role"], "admin")

    def test_a_cookie_is_bound_to_its_site_and_its_page(self):
        reply = self.login("root", PASSWORD)
        self.assertEqual(reply.status, 200, reply)
        cookie = reply.headers["set-cookie"]
        self.assertRegex(cookie, r"^sid=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax$")
        csrf = reply.json["csrf_token"]
        headers = {"Cookie": cookie.split(";")[0]}
        client = self.serve.client(headers=headers)
        self.assertEqual(client.get("/me").status, 200)
        self.assert_problem(client.post("/logout"), 403, "cross_site")
        self.assert_problem(client.post("/logout", Sec_Fetch_Site="cross-site", X_CSRF_Token=csrf),
                            403, "cross_site")
        self.assert_problem(client.post("/logout", Sec_Fetch_Site="same-origin"), 403, "csrf")
        self.assert_problem(client.post("/logout", Sec_Fetch_Site="same-origin",
                                        X_CSRF_Token=csrf[:-1] + "~"), 403, "csrf")
        origin = f"http://127.0.0.1:{self.serve.port}"
        reply = client.post("/logout", Origin=origin, X_CSRF_Token=csrf)
        self.assertEqual(reply.status, 204, reply)
        self.assertIn("Max-Age=0", reply.headers["set-cookie"])
        self.assert_problem(client.get("/me"), 401, "login_session_ended")

    def test_signing_in_from_another_site_is_refused(self):
        self.assert_problem(self.login("root", PASSWORD, Origin="http://evil.example"), 403,
                            "cross_site")
        self.assert_problem(self.login("root", PASSWORD, Sec_Fetch_Site="cross-site"), 403,
                            "cross_site")

    def test_a_wrong_password_and_an_unknown_name_look_alike(self):
        wrong = self.login("root", "not the password")
        unknown = self.login("nobody", "not the password")
        self.assert_problem(wrong, 401, "sign_in_failed")
        same = ("status", "code", "detail", "title")
        self.assertEqual([wrong.json[name] for name in same],
                         [unknown.json[name] for name in same])

    def test_guessing_is_slowed_down_for_a_name(self):
        statuses = [self.login("root", f"guess number {i}").status for i in range(7)]
        self.assertIn(429, statuses)
        self.assertEqual(statuses[:5], [401] * 5)

    def test_a_cookie_and_a_token_together_are_refused(self):
        cookie = self.serve.browser.headers["Cookie"]
        reply = self.serve.client(self.serve.secret, headers={"Cookie": cookie}).get("/me")
        self.assert_problem(reply, 400, "two_credentials")

    def test_no_credential_asks_for_one(self):
        reply = self.serve.client().get("/me")
        self.assert_problem(reply, 401, "not_signed_in")
        self.assertEqual(reply.headers["www-authenticate"], 'Bearer realm="dagd"')
        self.assert_problem(self.serve.client("dct_wrong").get("/me"), 401, "bad_token")
        self.assert_problem(self.serve.client(headers={"Authorization": "Basic eA=="}).get("/me"),
                            401, "bad_authorization")

    def test_a_token_lives_until_it_is_revoked(self):
        reply = self.serve.browser.post("/me/tokens", {"name": "ci", "role": "viewer", "days": 7})
        self.assertEqual(reply.status, 201, reply)
        self.assertRegex(reply.json["secret"], r"^dct_[\w-]{43}$")
        client = self.serve.client(reply.json["secret"])
        me = client.get("/me").json
        self.assertEqual((me["role"], me["method"]), ("viewer", "token"))
        listed = self.serve.browser.get("/me/tokens").json["items"]
        self.assertIn("ci", [token["name"] for token in listed])
        self.assertNotIn(reply.json["secret"], json.dumps(listed))
        path = f"/me/tokens/{reply.json['id']}"
        self.assertEqual(self.serve.browser.call("DELETE", path).status, 204)
        self.assert_problem(client.get("/me"), 401, "bad_token")
        self.assertEqual(self.serve.browser.call("DELETE", path).status, 404)

    def test_a_token_is_never_above_its_owner(self):
        self.add_user("ann", "operator")
        client = self.serve.signed_in(self.login("ann", OTHER_PASSWORD))
        reply = client.post("/me/tokens", {"name": "x", "role": "admin"})
        self.assertEqual(reply.status, 422, reply)

    def test_wrong_bodies_are_told_member_by_member(self):
        reply = self.serve.browser.post("/me/tokens", {"nam": "x", "days": "7"})
        self.assert_problem(reply, 422, "bad_member")
        errors = {error["pointer"]: error for error in reply.json["errors"]}
        self.assertEqual(set(errors), {"/nam", "/days", "/name"})
        self.assertEqual(errors["/nam"]["suggestion"], "name")
        reply = self.serve.browser.post("/me/tokens", '{"name": "x",}')
        self.assert_problem(reply, 400, "bad_json")
        self.assertEqual(reply.json["errors"][0]["line"], 1)
        deep = "[" * 65 + "]" * 65
        reply = self.serve.browser.post("/me/tokens", '{"name": %s}' % deep)
        self.assert_problem(reply, 400, "bad_json")

    def test_unknown_and_wrong_query_parameters_are_refused(self):
        get = self.serve.admin.get
        self.assert_problem(get("/users?limits=1"), 400, "bad_parameter")
        self.assertIn("did you mean 'limit'?", get("/users?limits=1").json["detail"])
        for query in ("limit=0", "limit=501", "limit=x", "limit=1&limit=2", "sort=age"):
            self.assert_problem(get(f"/users?{query}"), 400, "bad_parameter")
        self.assert_problem(get("/audit?from=yesterday"), 400, "bad_parameter")
        self.assertEqual(get("/audit?from=2026-01-31T17:00:00%2B02:00").status, 200)

    def test_a_new_password_ends_the_other_login_sessions(self):
        self.add_user("ann")
        one = self.serve.signed_in(self.login("ann", OTHER_PASSWORD))
        two = self.serve.signed_in(self.login("ann", OTHER_PASSWORD))
        self.assertEqual(len(one.get("/me/login-sessions").json["items"]), 2)
        reply = one.call("PUT", "/me/password", {"old_password": "wrong one here",
                                                 "new_password": PASSWORD})
        self.assert_problem(reply, 403, "wrong_password")
        reply = one.call("PUT", "/me/password", {"old_password": OTHER_PASSWORD,
                                                 "new_password": PASSWORD})
        self.assertEqual(reply.status, 204, reply)
        self.assertEqual(two.get("/me").status, 401)
        self.assertEqual(one.get("/me").status, 401, "the old cookie is void, too")
        self.assertEqual(self.serve.signed_in(reply).get("/me").json["name"], "ann")

    def test_a_user_whose_password_was_reset_has_to_change_it_first(self):
        self.add_user("ann", "operator")
        reply = self.serve.admin.call("PUT", "/users/ann/password", {"password": PASSWORD})
        self.assertEqual(reply.status, 204, reply)
        client = self.serve.signed_in(self.login("ann", PASSWORD))
        self.assert_problem(client.get("/server"), 403, "password_must_change")
        reply = client.call("PUT", "/me/password", {"old_password": PASSWORD,
                                                    "new_password": OTHER_PASSWORD})
        self.assertEqual(reply.status, 204, reply)
        self.assertEqual(self.serve.signed_in(reply).get("/server").status, 200)

    def test_users_are_added_changed_and_removed(self):
        user = self.add_user("ann", scope="trade_*", full_name="Ann Onymous")
        self.assertEqual((user["role"], user["scope"]), ("viewer", "trade_*"))
        admin = self.serve.admin
        again = admin.post("/users", {"name": "ann", "password": OTHER_PASSWORD, "role": "admin"})
        self.assertEqual(again.status, 409, again)
        weak = admin.post("/users", {"name": "bob", "password": "passwordpassword",
                                     "role": "viewer"})
        self.assertEqual(weak.status, 422, weak)
        client = self.serve.signed_in(self.login("ann", OTHER_PASSWORD))
        reply = admin.call("PATCH", "/users/ann", {"role": "operator"})
        self.assertEqual((reply.status, reply.json["role"]), (200, "operator"), reply)
        self.assertEqual(client.get("/me").status, 401, "another role ends login sessions")
        self.assertEqual(admin.call("PATCH", "/users/ann", {}).status, 422)
        self.assertEqual(admin.call("PATCH", "/users/ann", {"is_disabled": True}).status, 200)
        self.assertEqual(self.login("ann", OTHER_PASSWORD).status, 401)
        self.assertEqual(admin.call("DELETE", "/users/ann").status, 204)
        self.assertEqual(admin.get("/users/ann").status, 404)
        last = admin.call("PATCH", "/users/root", {"role": "viewer"})
        self.assertEqual(last.status, 409, last)

    def test_lists_come_in_pages_that_hold_everything_once(self):
        for i in range(7):
            self.add_user(f"user{i}")
        names, cursor = [], None
        while True:
            reply = self.serve.admin.get("/users?limit=3" + (f"&cursor={cursor}" if cursor else ""))
            self.assertEqual(reply.json["total"], 8)
            names += [user["name"] for user in reply.json["items"]]
            cursor = reply.json["next_cursor"]
            if not cursor:
                break
        self.assertEqual(names, ["root"] + [f"user{i}" for i in range(7)])

    def test_every_change_stands_in_the_audit_log_before_and_after(self):
        self.add_user("ann")
        self.login("ann", "wrong password!")
        self.serve.client(self.serve.token("v", "viewer")).get("/users")
        items = self.serve.admin.get("/audit?limit=500").json["items"]
        shown = [(item["actor"], item["action"], item["object"], item["result"]) for item in items]
        self.assertIn(("root", "createUser", "user:ann", "ok"), shown)
        self.assertIn(("", "login", "user:ann", "denied"), shown)
        self.assertIn(("root", "listUsers", "", "denied"), shown)
        self.assertEqual({item["state"] for item in items}, {"done", "denied"})
        ids = [item["request_id"] for item in items]
        self.assertEqual(len(ids), len(set(ids)), "each request is one entry")
        for item in items:
            self.assertLessEqual(item["time"], item["ended_at"])
        lines = [json.loads(line) for line in
                 self.serve.admin.get("/audit/export").text.splitlines()]
        begun = {line["number"] for line in lines if line["result"] == "begun"}
        ended = {line["begun"] for line in lines if "begun" in line}
        self.assertEqual(begun, ended, "each change that has begun has ended")
        self.assertNotIn(OTHER_PASSWORD, json.dumps(items))
        self.assertNotIn("wrong password!", json.dumps(items))
        denied = self.serve.admin.get("/audit?result=denied&action=login").json["items"]
        self.assertEqual(len(denied), 1)

    def test_what_was_under_way_when_the_server_ended_is_told_as_unknown(self):
        dag = serving.adder("a", "a")
        dag["publishers"][0]["config"]["destination"] = "http://127.0.0.1:9/"  # nobody is there
        self.assertEqual(self.serve.admin.post("/dags", dag).status, 201)
        reply = self.serve.admin.post("/dags/a/start?wait_ms=20000")
        self.assertEqual(reply.json["state"], "running")
        reply = self.serve.admin.post("/dags/a/subscribers/in/messages", {"a": 1, "b": 2})
        self.assertEqual(reply.status, 202, reply)
        waits = self.serve.client().connect()
        waits.request("POST", "/api/v1/dags/a/stop?wait_ms=60000",
                      json.dumps({"drain": True, "timeout_ms": 3600000}),
                      {"Authorization": f"Bearer {self.serve.secret}",
                       "Content-Type": "application/json"})

        def shown():
            items = self.serve.admin.get("/audit?action=stopDag").json["items"]
            return items[0] if items else None
        entry = serving.wait_for(shown, "the beginning")
        self.assertEqual((entry["state"], entry["ended_at"]), ("begun", None))
        self.serve.kill()
        waits.close()
        for client in self.serve.clients:
            client.close()
        self.serve.clients = []
        self.serve.start()
        entry = shown()
        self.assertEqual((entry["state"], entry["ended_at"]), ("unknown", None))
        self.assertIn("the server ended", entry["detail"])

    def test_who_fails_again_and_again_does_not_fill_the_audit_log(self):
        def flood(source, path, body):
            client = self.serve.client(source=source)
            return [client.post(path, body).status for _ in range(60)]

        def count(action):
            return len(self.serve.admin.get(f"/audit?action={action}&limit=500").json["items"])
        self.add_user("ann")
        self.assertIn(429, flood("127.0.0.2", "/setup", {"token": "x", "name": "a",
                                                         "password": PASSWORD}))
        self.assertLess(count("setUp"), 12)
        before = count("login")
        wrong = {"name": "ann", "password": "wrong password!"}
        self.assertIn(429, flood("127.0.0.3", "/login", wrong))
        # the name has to wait, and so does who goes on with it from elsewhere
        self.assertIn(429, flood("127.0.0.4", "/login", wrong))
        self.assertLess(count("login") - before, 24)

    def test_the_audit_log_is_exported_as_its_lines(self):
        self.add_user("ann")
        reply = self.serve.admin.get("/audit/export")
        lines = [json.loads(line) for line in reply.text.splitlines()]
        self.assertEqual([line["number"] for line in lines], list(range(1, len(lines) + 1)))
        for before, line in zip(lines, lines[1:]):
            self.assertEqual(line["prev"], before["hash"])

    def test_an_export_holds_what_is_asked_for(self):
        self.add_user("ann")
        self.login("ann", "wrong password!")
        for _ in range(60):  # what was asked for must outlive the request
            reply = self.serve.admin.get("/audit/export?action=createUser&result=ok&q=ann")
            lines = [json.loads(line) for line in reply.text.splitlines()]
            self.assertEqual([(line["action"], line["object"]) for line in lines],
                             [("createUser", "user:ann")])

    def test_a_typed_password_in_place_of_the_name_is_not_kept(self):
        self.login(PASSWORD, PASSWORD)
        self.assertNotIn(PASSWORD, self.serve.admin.get("/audit").text)
        self.assertNotIn(PASSWORD, (self.serve.root / "log").read_text())

    def test_a_user_that_asks_too_often_waits_alone(self):
        other = self.serve.client(self.serve.token("v", "viewer"))
        self.add_user("ann")
        ann = self.serve.signed_in(self.login("ann", OTHER_PASSWORD))
        replies = [ann.get("/me") for _ in range(400)]
        refused = [reply for reply in replies if reply.status == 429]
        self.assertTrue(refused)
        self.assertGreaterEqual(int(refused[0].headers["retry-after"]), 1)
        self.assertEqual(other.get("/me").status, 200)


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main()
