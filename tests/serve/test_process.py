"""`dagd serve` as a process: start, restart, lock, signals, TLS, settings, log, probes.

usage: test_process.py DAGD
"""
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import time
import unittest
import urllib.request

import serving
from populated import relay
from serving import DEADLINE_S, PASSWORD, Serve, adder, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "publish"))
from receiver import Receiver  # pylint: disable=wrong-import-position


def run(*arguments, **options):
    return subprocess.run([serving.DAGD, *arguments], capture_output=True, text=True,
                          timeout=DEADLINE_S, check=False, **options)


def log_of(serve):
    return (serve.root / "log").read_text()


def fetch(serve, path, token=None, scheme="http", context=None):
    request = urllib.request.Request(f"{scheme}://127.0.0.1:{serve.port}{path}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S, context=context) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class Process(unittest.TestCase):
    def start(self, *arguments):
        return self.enterContext(Serve(*arguments))

    def flags(self, serve, *others):
        return ("serve", "--dags", serve.root / "dags", "--data", serve.root / "data",
                "--file-root", serve.root / "files", "--listen", "127.0.0.1:0", *others)

    def test_users_and_tokens_outlive_a_restart_and_cookies_do_not(self):
        serve = self.start()
        cookie = serve.browser
        token = serve.token("kept", "viewer")
        serve.restart()
        self.assertEqual(serve.client(token).get("/me").json["role"], "viewer")
        cookie.port = serve.port
        self.assertEqual(cookie.get("/me").status, 401)
        reply = serve.client().post("/login", {"name": "root", "password": PASSWORD})
        self.assertEqual(reply.status, 200, reply)
        reply = serve.client().post("/setup", {"token": "x", "name": "a", "password": PASSWORD})
        self.assertEqual(reply.json["code"], "set_up_already")
        self.assertEqual(run("audit", "verify", "--data", serve.root / "data").returncode, 0)

    def test_the_set_up_link_is_in_no_log(self):
        serve = self.start()
        self.assertNotIn("/setup#", log_of(serve))
        self.assertIn("POST /api/v1/setup: 201", log_of(serve))

    def test_a_second_process_on_the_same_data_says_who_has_it(self):
        serve = self.start()
        other = run(*self.flags(serve))
        self.assertEqual(other.returncode, 5)
        self.assertIn(f"in use by process {serve.process.pid}", other.stderr)
        self.assertIn("dagd ctl", other.stderr)

    def test_folders_that_a_dag_must_not_reach_are_refused(self):
        serve = Serve()
        self.addCleanup(serve.__exit__)
        files = serve.root / "files"
        for flag in ("--data", "--dags", "--secrets-dir", "--web-dir"):
            result = run(*self.flags(serve, flag, files / "inside"))
            self.assertEqual(result.returncode, 2, result)
            self.assertIn(f"--file-root and {flag} overlap", result.stderr)
        (files / "plugins").mkdir()
        result = run(*self.flags(serve, "--plugin-dir", files / "plugins"))
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("--file-root and --plugin-dir", result.stderr)

    def test_a_signal_drains_and_says_so(self):
        serve = self.start()
        self.assertEqual(serve.stop(), 0)
        self.assertIn("draining; a second signal ends at once", log_of(serve))

    def test_open_streams_do_not_keep_it_from_ending(self):
        serve = self.start()
        with serve.admin.stream("/events?topics=dags"):
            serve.process.send_signal(signal.SIGTERM)
            self.assertEqual(serve.process.wait(DEADLINE_S), 0)
        serve.stop()

    def test_probes_tell_that_it_lives_and_is_ready(self):
        serve = self.start()
        self.assertEqual(fetch(serve, "/healthz")[0], 200)
        wait_for(lambda: fetch(serve, "/readyz")[0] == 200, "readiness")
        status, page = fetch(serve, "/")
        self.assertEqual(status, 200)
        self.assertIn("/api/v1", page)

    def test_a_drained_server_is_not_ready(self):
        serve = self.start()
        reply = serve.admin.post("/server/drain")
        self.assertEqual(reply.status, 202, reply)
        self.assertTrue(reply.json["is_draining"])
        status, body = fetch(serve, "/readyz")
        self.assertEqual((status, json.loads(body)["code"]), (503, "draining"))
        self.assertEqual(fetch(serve, "/healthz")[0], 200)

    def test_metrics_may_have_a_token_of_their_own(self):
        serve = Serve()
        self.addCleanup(serve.__exit__)
        token = serve.root / "token"
        token.write_text("let me scrape\n")
        serve.arguments = ("--metrics-token-file", token)
        serve.start()
        self.assertEqual(fetch(serve, "/metrics")[0], 401)
        self.assertEqual(fetch(serve, "/metrics", serve.secret)[0], 401)
        status, text = fetch(serve, "/metrics", "let me scrape")
        self.assertEqual(status, 200)
        self.assertIn("dagd_http_requests_total", text)
        heads = [line for line in text.splitlines() if line.startswith("# TYPE ")]
        self.assertEqual(len(heads), len(set(heads)), "each family comes once")

    def test_the_users_of_the_original_are_imported_once(self):
        serve = Serve()
        self.addCleanup(serve.__exit__)
        users = serve.root / "users.json"
        users.write_text(json.dumps({"ann": {"password": "staple wagon river 42",
                                             "full_name": "Ann", "roles": ["admin"]}}))
        serve.arguments = ("--users-file", users)
        serve.secret = "none"
        serve.start()
        login = {"name": "ann", "password": "staple wagon river 42"}
        reply = serve.client().post("/login", login)
        self.assertEqual((reply.status, reply.json["role"]), (200, "admin"), reply)
        self.assertNotIn("staple", (serve.root / "data" / "users.json").read_text())
        serve.restart()
        self.assertIn("--users-file isn't looked at", log_of(serve))
        self.assertNotIn("staple", log_of(serve))

    def test_the_log_is_json_with_members_and_no_secrets(self):
        serve = self.start("--log-format", "json", "--log-level", "debug")
        serve.admin.get("/users/root")
        serve.client().post("/login", {"name": "root", "password": "wrong password!"})

        def lines():
            return [json.loads(line) for line in log_of(serve).splitlines()]
        asked = [line for line in lines() if line.get("path") == "/api/v1/users/{user}"]
        self.assertEqual((asked[0]["method"], asked[0]["status"], asked[0]["user"]),
                         ("GET", 200, "root"))
        self.assertGreaterEqual(asked[0]["duration_us"], 0)
        self.assertRegex(asked[0]["request_id"], r"^[0-9a-f]{32}$")
        for secret in (serve.secret, "wrong password!", PASSWORD):
            self.assertNotIn(secret, log_of(serve))

    def test_what_the_environment_says_in_vain_is_told_in_the_form_of_the_log(self):
        serve = Serve()
        self.addCleanup(serve.__exit__)
        result = run(*self.flags(serve, "--print-config"),
                     env={**os.environ, "DAGD_LOG_FORMAT": "json", "DAGD_NONSENSE": "1",
                          "ZOOKEEPER_HOSTS": "zoo:2181"})
        self.assertEqual(result.returncode, 0, result)
        lines = [json.loads(line) for line in result.stderr.splitlines()]
        self.assertEqual([line["level"] for line in lines], ["warning", "warning"])
        self.assertIn("ZOOKEEPER_HOSTS", lines[0]["message"])
        self.assertIn("DAGD_NONSENSE: there is no such setting", lines[1]["message"])

    def test_the_log_level_changes_while_it_runs(self):
        serve = self.start()
        serve.admin.get("/me")
        self.assertNotIn("GET /api/v1/me: 200", log_of(serve))
        reply = serve.admin.call("PUT", "/log-levels", {"level": "debug"})
        self.assertEqual((reply.status, reply.json["level"]), (200, "debug"), reply)
        serve.admin.get("/me")
        self.assertIn("GET /api/v1/me: 200", log_of(serve))
        self.assertEqual(serve.admin.call("PUT", "/log-levels", {"level": "loud"}).status, 422)

    def test_the_settings_in_force_are_shown(self):
        serve = self.start("--drain-timeout", "7s")
        config = serve.admin.get("/config").json
        self.assertEqual(config["drain_timeout"], "7000ms")
        self.assertEqual(config["_from"]["drain_timeout"], "--drain-timeout")

    def test_one_that_runs_alone_has_nobody_to_step_down_for(self):
        serve = self.start()
        cluster = serve.admin.get("/cluster").json
        self.assertEqual((cluster["role"], len(cluster["members"])), ("primary", 1))
        reply = serve.admin.post("/cluster/step-down")
        self.assertEqual((reply.status, reply.json["code"]), (409, "not_clustered"))

    def test_changes_are_refused_when_the_audit_log_cannot_be_written(self):
        serve = self.start()
        audit = serve.root / "data" / "audit"
        limit = 4096 + sum(file.stat().st_size for file in audit.iterdir())
        # a file that may not grow: as a full disk, and also for root
        subprocess.run(["prlimit", f"--pid={serve.process.pid}", f"--fsize={limit}"], check=True)

        def refused():
            return serve.admin.call("PUT", "/log-levels", {"level": "info"}).status == 503
        wait_for(refused, "a refusal")
        self.assertEqual(serve.admin.get("/me").status, 200, "reads go on")
        self.assertFalse(serve.admin.get("/server").json["is_well"])
        serve.kill()


class Ending(unittest.TestCase):
    """With a DAG that holds a message which can't go out."""

    def start(self, *arguments):
        self.receiver = self.enterContext(Receiver())
        self.receiver.faults = lambda number: lambda handler, _: handler.reply(503)
        self.serve = self.enterContext(Serve(*arguments))
        dag = relay("stuck", self.receiver.url, **{"retry_min": 0.01, "retry_max": 0.02})
        dag.update(journal={"depth": "events"}, ack="journal")
        admin = self.serve.admin
        self.assertEqual(admin.post("/dags", dag).status, 201)
        reply = admin.post("/dags/stuck/start?wait_ms=20000")
        self.assertIn(reply.status, (200, 202), reply)
        wait_for(lambda: admin.get("/dags/stuck/state").json["state"] == "running", "its start")
        reply = admin.post("/dags/stuck/subscribers/in/messages", {"n": 1})
        self.assertEqual((reply.status, reply.json.get("is_safe")), (202, True), reply)
        wait_for(lambda: self.receiver.requests, "a first try")

    def has_sent(self):
        return self.receiver.accepted == [{"n": 1}]

    def test_a_drain_that_times_out_is_told_and_nothing_is_lost(self):
        self.start("--drain-timeout", "300ms")
        self.assertEqual(self.serve.stop(), serving.DRAIN_TIMEOUT)
        self.assertIn("some DAGs did not drain within --drain-timeout", log_of(self.serve))
        self.assertEqual(self.receiver.accepted, [])
        self.receiver.faults = lambda number: None
        self.serve.start()
        wait_for(self.has_sent, "the message, after the next start")
        self.assertEqual(self.serve.admin.get("/dags/stuck/state").json["state"], "running")
        self.assertEqual(self.serve.stop(), 0)

    def test_while_it_drains_it_answers_and_starts_nothing(self):
        self.start("--drain-timeout", "60s")
        self.serve.process.send_signal(signal.SIGTERM)
        wait_for(lambda: fetch(self.serve, "/readyz")[0] == 503, "the drain")
        self.assertEqual(fetch(self.serve, "/healthz")[0], 200)
        self.assertTrue(self.serve.admin.get("/server").json["is_draining"])
        reply = self.serve.admin.post("/dags/stuck/restart")
        self.assertEqual((reply.status, reply.json["code"]), (409, "draining"), reply)
        self.receiver.faults = lambda number: None
        self.assertEqual(self.serve.process.wait(DEADLINE_S), 0)
        self.assertTrue(self.has_sent())

    def test_a_second_signal_ends_at_once(self):
        for second in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(second.name):
                self.start("--drain-timeout", "600s")
                process = self.serve.process
                process.send_signal(signal.SIGTERM)
                wait_for(lambda: "draining" in log_of(self.serve), "the drain")
                process.send_signal(second)
                self.assertEqual(process.wait(DEADLINE_S), 128 + second)
                self.assertIn("ended by a second signal", log_of(self.serve))
                self.serve.stop()
                self.receiver.faults = lambda number: None
                self.serve.start()
                wait_for(self.has_sent, "the message, after the next start")
                self.assertEqual(self.serve.stop(), 0)

    def test_a_hangup_while_it_drains_ends_nothing(self):
        self.start("--drain-timeout", "300ms")
        self.serve.process.send_signal(signal.SIGTERM)
        self.serve.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.serve.process.wait(DEADLINE_S), serving.DRAIN_TIMEOUT)


class Standby(unittest.TestCase):
    TEXT = "This instance is not primary. Operation not allowed."

    def test_a_standby_shows_all_and_changes_nothing(self):
        serve = self.enterContext(Serve())
        serve.admin.post("/dags", adder("known", "k"))
        serve.admin.post("/dags/known/start?wait_ms=20000")
        serve.admin.post("/dags", adder("rests", "r"))
        self.assertEqual(serve.stop(), 0)
        serve.arguments = ("--standby",)
        serve.start()
        api = serve.admin

        self.assertEqual(fetch(serve, "/healthz")[0], 200)
        status, body = fetch(serve, "/readyz")
        self.assertEqual((status, json.loads(body)["code"]), (503, "standby"))
        self.assertEqual(api.get("/cluster").json["role"], "standby")
        states = {dag["name"]: dag["state"] for dag in api.get("/dags").json["items"]}
        self.assertEqual(states, {"known": "standby", "rests": "stopped"})
        for path in ("/dags/known", "/dags/known/details", "/dags/known/state", "/dags/known/why",
                     "/dags/known/revisions", "/totals", "/users"):
            self.assertEqual(api.get(path).status, 200, path)
        self.assertEqual(api.get("/dags/known/why").json["findings"][0]["what"],
                         "standby")

        document = api.get("/openapi.json").json
        before = api.get("/dags/known/revisions").text
        changed = adder("known", "k", {"max_depth": 5})
        for method, path, body, headers in (
                ("POST", "/dags", adder("new", "n"), {}),
                ("PUT", "/dags/known", changed, {"If_Match": "*"}),
                ("DELETE", "/dags/known", None, {"If_Match": "*"}),
                ("POST", "/dags/known/rollback", {"revision": 1}, {"If_Match": "*"}),
                ("POST", "/dags/known/clone", {"name": "copy"}, {}),
                ("PUT", "/dags/known/layout", {"add": [1, 2]}, {}),
                ("POST", "/dags/known/start", None, {}),
                ("POST", "/dags/known/restart", None, {}),
                ("POST", "/dags/known/suspend", None, {}),
                ("POST", "/dags/known/resume", None, {}),
                ("POST", "/dags/known/subscribers/in/messages", {"a": 1}, {}),
                ("POST", "/dags/known/dead-letters/redrive", {"ids": "all"}, {}),
                ("DELETE", "/dags/known/dead-letters?ids=all", None, {})):
            with self.subTest(f"{method} {path}"):
                reply = api.call(method, path, body, **headers)
                self.assertEqual((reply.status, reply.json["code"]), (409, "standby"), reply)
                self.assertEqual(reply.json["detail"], self.TEXT)
                pattern = "/api/v1" + path.split("?")[0].replace("known", "{dag}").replace(
                    "/in/", "/{subscriber}/")
                self.assertIn("409", document["paths"][pattern][method.lower()]["responses"])
        reply = api.post("/dag-actions", {"action": "start", "names": ["known", "rests"]})
        self.assertEqual([(one["status"], one["code"]) for one in reply.json["results"]],
                         [(409, "standby")] * 2)
        self.assertEqual(api.get("/dags/known/revisions").text, before)
        # the one change that a standby allows
        self.assertEqual(api.post("/dags/known/stop?wait_ms=20000").json["state"], "stopped")

        self.assertEqual(serve.stop(), 0)
        serve.arguments = ()
        serve.start()
        self.assertEqual({dag["name"] for dag in serve.admin.get("/dags").json["items"]},
                         {"known", "rests"})


class MissedWindows(unittest.TestCase):
    """The server wasn't there when a window opened and closed."""

    def dag(self, name, hours_ago, missed):
        """Its window began so long ago, and was one hour long."""
        begin = time.gmtime(time.time() - hours_ago * 3600)
        end = time.gmtime(time.time() - (hours_ago - 1) * 3600)
        return adder(name, name, start_time=time.strftime("%H%M", begin),
                     end_time=time.strftime("%H%M", end),
                     schedule={"timezone": "UTC", "missed": missed})

    def state(self, serve, name):
        reply = serve.admin.get(f"/dags/{name}/state")
        return reply.json if reply.status == 200 else {"state": "asked too often"}

    def test_a_window_that_was_missed_runs_late_where_that_is_asked_for(self):
        serve = self.enterContext(Serve())
        for dag in (self.dag("late", 4, "run_late"), self.dag("skipped", 4, "skip"),
                    self.dag("seen", 9, "run_late")):
            # not by a start, which runs it outside its window, too
            self.assertEqual(serve.admin.post("/dags?start=1", dag).status, 201)
        for name in ("late", "skipped", "seen"):
            wait_for(lambda n=name: self.state(serve, n)["state"] == "suspended",
                     "it to wait for its window")
        self.assertEqual(serve.stop(), 0)

        # down since six hours ago
        (serve.root / "data" / "alive").write_text(f"{int((time.time() - 6 * 3600) * 1e6)}\n")
        serve.start()
        wait_for(lambda: self.state(serve, "late")["state"] == "running", "the missed window")
        for name in ("skipped", "seen"):
            wait_for(lambda n=name: self.state(serve, n)["state"] == "suspended", "the next one")
        self.assertFalse(self.state(serve, "late")["in_time_window"])
        self.assertEqual(serve.stop(), 0)

        serve.start()  # it was there a moment ago: nothing is missed, and the late run goes on
        for name in ("skipped", "seen"):
            wait_for(lambda n=name: self.state(serve, n)["state"] == "suspended", "the next one")


class Tls(unittest.TestCase):
    def make_certificate(self, folder, name):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                        "-keyout", folder / "key.new", "-out", folder / "cert.new"],
                       check=True, capture_output=True)
        for kind in ("key", "cert"):
            os.replace(folder / f"{kind}.new", folder / f"{kind}.pem")

    def setUp(self):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.serve = Serve()
        self.addCleanup(self.serve.__exit__)
        self.make_certificate(self.serve.root, "one")

    def start(self):
        arguments = ["--tls-cert", self.serve.root / "cert.pem",
                     "--tls-key", self.serve.root / "key.pem"]
        added = run("user", "add", "root", "--role", "admin", "--data", self.serve.root / "data",
                    "--password-stdin", input=PASSWORD + "\n")
        self.assertEqual(added.returncode, 0, added)
        self.serve.arguments = arguments
        self.serve.start()

    def certificate(self):
        return ssl.get_server_certificate(("127.0.0.1", self.serve.port))

    def test_the_cookie_of_a_browser_stays_on_tls(self):
        self.start()
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.serve.port}/api/v1/login",
            json.dumps({"name": "root", "password": PASSWORD}).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, context=self.context, timeout=DEADLINE_S) as reply:
            self.assertRegex(reply.headers["Set-Cookie"],
                             r"^__Host-sid=[\w-]{43}; Path=/; HttpOnly; Secure; SameSite=Lax$")
            self.assertIn("max-age", reply.headers["Strict-Transport-Security"])

    def test_a_hangup_takes_a_new_certificate(self):
        self.start()
        before = self.certificate()
        self.make_certificate(self.serve.root, "two")
        self.serve.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.certificate() != before, "the new certificate")
        self.assertEqual(fetch(self.serve, "/healthz", scheme="https",
                               context=self.context)[0], 200)


if __name__ == "__main__":
    serving.DAGD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
