"""What somebody with some rights tries in order to get more: other DAGs, secrets.

usage: test_attacks.py DAGD
"""
import pathlib
import sys
import unittest

import serving
from serving import Serve, adder

SECRET = "s3cret-of-the-broker-2718"


class Attacks(unittest.TestCase):
    def setUp(self):
        serve = Serve()
        secrets = serve.root / "secrets"
        secrets.mkdir(0o700)
        for name, value in {"BROKER": SECRET, "PORT": "61613", "KEY": "-----BEGIN KEY-----\n" +
                            "MIIEowIBAAKCAQEA\nq1w2e3r4t5y6u7i8\n"}.items():
            (secrets / name).write_text(value)
            (secrets / name).chmod(0o600)
        serve.arguments = ("--secrets-dir", secrets)
        self.serve = self.enterContext(serve)

    def client(self, role, scope=""):
        return self.serve.client(self.serve.token(f"{role} {scope}", role, scope))

    def create(self, dag, client=None):
        reply = (client or self.serve.admin).post("/dags", dag)
        self.assertEqual(reply.status, 201, reply)
        return reply

    def assert_problem(self, reply, status, code):
        self.assertEqual((reply.status, reply.json["code"]), (status, code), reply)

    # ---- scopes ----

    def test_no_override_takes_a_clone_out_of_the_scope(self):
        self.create(adder("trade_a", "a"))
        client = self.client("admin", "trade_*")
        for key, status, code in (("dag:trade_b.name", 400, "name_differs"),
                                  ("trade_b.name", 400, "name_differs"),
                                  ("/name", 400, "bad_clone"), ("name", 400, "bad_clone")):
            reply = client.post("/dags/trade_a/clone", {"name": "trade_b",
                                                        "overrides": {key: "payroll"}})
            self.assert_problem(reply, status, code)
        self.assertEqual([dag["name"] for dag in self.serve.admin.get("/dags").json["items"]],
                         ["trade_a"])

    def test_a_clone_that_names_itself_stays_in_the_scope(self):
        self.create(adder("trade_a", "a"))
        client = self.client("admin", "trade_a")
        reply = client.post("/dags/trade_a/clone", {})
        self.assert_problem(reply, 403, "scope_too_narrow")
        self.assertEqual(self.serve.admin.get("/dags").json["total"], 1)
        reply = self.client("admin", "trade_*").post("/dags/trade_a/clone", {})
        self.assertEqual(reply.status, 201, reply)

    def test_no_variable_in_a_name_takes_a_dag_out_of_the_scope(self):
        client = self.client("admin", "*_eu*")
        reply = client.post("/dags", adder("${X_eu:payroll}", "a"))
        self.assert_problem(reply, 403, "scope_too_narrow")
        self.assertEqual(self.serve.admin.get("/dags").json["total"], 0)

    # ---- secrets ----

    def poster(self, name="poster", **config):
        dag = adder(name, name)
        dag["publishers"][0]["config"] = {"destination": "http://127.0.0.1:9/hook", **config}
        return dag

    def test_a_step_shows_no_secret_of_an_address(self):
        self.create(self.poster(destination="http://127.0.0.1:9/hook?key=${secret:BROKER}"))
        reply = self.client("operator").post("/dags/poster/step?subscriber=in", {"a": 1, "b": 2})
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(reply.json["publishers"][0]["destination"],
                         "http://127.0.0.1:9/hook?key=***")

    def test_only_who_may_edit_learns_which_secrets_there_are(self):
        for role in ("viewer", "operator"):
            for name in ("BROKER", "NO_SUCH"):
                reply = self.client(role).post("/validate",
                                               self.poster(password="${secret:%s}" % name))
                self.assertNotIn("unset_secret", reply.text)
                self.assertNotIn(SECRET, reply.text)
        reply = self.serve.admin.post("/validate", self.poster(username="u",
                                                               password="${secret:NO_SUCH}"))
        self.assertIn("unset_secret", reply.text)

    def test_a_secret_of_several_lines_is_masked_in_problems(self):
        dag = self.poster()
        dag["publishers"][0]["config"]["destination"] = "nonsense://${secret:KEY}"
        reply = self.serve.admin.post("/validate", dag)
        self.assertIn("nonsense", reply.text)
        for line in ("MIIEowIBAAKCAQEA", "q1w2e3r4t5y6u7i8"):
            self.assertNotIn(line, reply.text)

    def test_secrets_that_are_written_out_are_warned_of(self):
        cases = (({"username": "u", "password": "open sesame"}, 1),
                 ({"username": "u", "password": "${secret:BROKER}"}, 0),
                 ({"username": "u", "password": "${NO_SUCH:}"}, 0),
                 ({"headers": {"Authorization": "Bearer x", "Accept": "text/plain"}}, 1),
                 ({"proxy": "http://proxy:3128"}, 0), ({"proxy": "http://u:p@proxy:3128"}, 1))
        for config, count in cases:
            reply = self.serve.admin.post("/validate", self.poster(**config))
            found = [problem for problem in reply.json["problems"]
                     if problem["code"] == "written_secret"]
            self.assertEqual(len(found), count, (config, reply))
            for problem in found:
                self.assertEqual(problem["severity"], "warning")
                self.assertIn("write ${secret:NAME}", problem["message"])

    def test_secrets_that_are_written_out_are_shown_to_who_may_edit_alone(self):
        words = ("open sesame", "Bearer swordfish", "u:rosebud", "old sesame")
        dag = self.poster(username="u", password="old sesame")
        self.create(dag)
        dag["publishers"][0]["config"].update(
            password="open sesame", headers={"Authorization": "Bearer swordfish", "A": "b"},
            proxy="http://u:rosebud@proxy:3128", _note="at http://u:rosebud@proxy")
        etag = self.serve.admin.get("/dags/poster").etag
        reply = self.serve.admin.call("PUT", "/dags/poster", dag, If_Match=etag)
        self.assertEqual(reply.status, 200, reply)
        reply = self.serve.admin.get("/dags/poster")
        self.assertEqual(reply.json, dag)
        shown = [self.serve.admin.get(f"/dags/poster/revisions/{i}").json for i in (1, 2)]
        self.assertIn("open sesame", shown[1]["text"] + shown[1]["diff"])
        for role in ("viewer", "operator"):
            client = self.client(role)
            config = client.get("/dags/poster").json["publishers"][0]["config"]
            self.assertEqual(config, {"destination": "http://127.0.0.1:9/hook", "username": "u",
                                      "password": "***", "headers": "***", "proxy": "***",
                                      "_note": "at http://***@proxy"})
            for path in ("", "/revisions", "/revisions/1", "/revisions/2", "/details", "/nodes",
                         "/nodes/send", "/state", "/why"):
                reply = client.get("/dags/poster" + path)
                self.assertEqual(reply.status, 200, reply)
                for word in words:
                    self.assertNotIn(word, reply.text)
            self.assertIn("_note", client.get("/dags/poster/revisions/2").json["diff"])


if __name__ == "__main__":
    serving.DAGD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
