"""The life of DAGs by REST: definitions, revisions, lifecycle, actions on many.

usage: test_dags.py DAGD
"""
import sys
import threading
import unittest

import serving
from serving import Serve, adder, wait_for


def state_of(client, dag):
    return client.get(f"/dags/{dag}/state").json["state"]


class Definitions(unittest.TestCase):
    def setUp(self):
        self.serve = Serve().start()
        self.addCleanup(self.serve.__exit__)
        self.api = self.serve.admin

    def create(self, dag, query=""):
        reply = self.api.post("/dags" + query, dag)
        self.assertEqual(reply.status, 201, reply)
        return reply

    def test_each_of_many_is_audited_with_who_asked(self):
        self.api.post("/dags", adder("mine_1", "m"))
        self.api.post("/dags", adder("theirs", "t"))
        scoped = self.serve.client(self.serve.token("scoped", "operator", "mine_*"))
        scoped.post("/dag-actions", {"action": "stop", "names": ["mine_1", "theirs"]})
        shown = [(entry["object"], entry["state"], entry["method"].split(":")[0])
                 for entry in self.api.get("/audit?action=dag.stop").json["items"]]
        self.assertEqual(sorted(shown), [("dag:mine_1", "done", "token"),
                                         ("dag:theirs", "denied", "token")])

    def test_the_whole_life_of_a_dag(self):
        reply = self.api.post("/dags?dry_run=1", adder("life", "life"))
        self.assertEqual(reply.status, 200, reply)
        self.assertTrue(reply.json["is_dry_run"])
        self.assertEqual(self.api.get("/dags/life").status, 404)

        reply = self.create(adder("life", "life"), "?start=1")
        self.assertEqual(reply.headers["location"], "/api/v1/dags/life")
        self.assertEqual(reply.json["name"], "life")
        first = reply.etag
        self.assertEqual(first, f'"{reply.json["revision"]}"')
        wait_for(lambda: state_of(self.api, "life") == "running", "the DAG to run")
        self.assertEqual(self.api.post("/dags", adder("life", "life")).status, 409)

        read = self.api.get("/dags/life")
        self.assertEqual(read.json, adder("life", "life"))
        self.assertEqual(read.etag, first)
        self.assertEqual(self.api.get("/dags/life", If_None_Match=first).status, 304)

        changed = adder("life", "life", {"max_depth": 500})
        plan = self.api.post("/dags/life/plan", changed)
        self.assertEqual(plan.status, 200, plan)
        self.assertFalse(plan.json["is_unchanged"])
        self.assertIn("max_depth", plan.json["diff"])
        actions = {part["name"]: part["action"] for part in plan.json["parts"]}
        self.assertEqual(actions["add"], "keep")

        self.assertEqual(self.api.call("PUT", "/dags/life", changed).status, 428)
        self.assertEqual(self.api.call("PUT", "/dags/life", changed, If_Match='"99"').status, 412)
        updated = self.api.call("PUT", "/dags/life", changed, If_Match=first)
        self.assertEqual(updated.status, 200, updated)
        second = updated.etag
        self.assertNotEqual(second, first)
        self.assertEqual(self.api.call("PUT", "/dags/life", changed, If_Match=first).status, 412)
        self.assertEqual(self.api.get("/dags/life").json, changed)

        revisions = self.api.get("/dags/life/revisions").json
        self.assertEqual(revisions["total"], 2)
        self.assertIsNone(revisions["next_cursor"])
        number = second.strip('"')
        self.assertEqual(self.api.get(f"/dags/life/revisions/{number}").status, 200)
        self.assertEqual(self.api.get("/dags/life/revisions/77").status, 404)
        self.assertEqual(self.api.get("/dags/life/revisions/x").status, 404)

        back = self.api.post("/dags/life/rollback", {"revision": int(first.strip('"'))},
                             If_Match=second)
        self.assertEqual(back.status, 200, back)
        self.assertEqual(self.api.get("/dags/life").json, adder("life", "life"))
        self.assertEqual(self.api.post("/dags/life/rollback", {"revision": 0},
                                       If_Match=back.etag).status, 422)

        wait_for(lambda: state_of(self.api, "life") == "running", "the swapped DAG to run")
        stopped = self.api.post("/dags/life/stop?wait_ms=20000", {"drain": True,
                                                                  "timeout_ms": 10000})
        self.assertEqual(stopped.status, 200, stopped)
        self.assertEqual(stopped.json["state"], "stopped")
        again = self.api.post("/dags/life/stop?wait_ms=20000")
        self.assertEqual((again.status, again.json["state"]), (200, "stopped"))

        self.assertEqual(self.api.call("DELETE", "/dags/life").status, 428)
        self.assertEqual(self.api.call("DELETE", "/dags/life", If_Match='"77"').status, 412)
        deleted = self.api.call("DELETE", "/dags/life", If_Match=self.api.get("/dags/life").etag)
        self.assertEqual(deleted.status, 204, deleted)
        self.assertEqual(self.api.get("/dags/life").status, 404)
        self.serve.restart()
        self.assertEqual(self.serve.admin.get("/dags/life").status, 404)

    def test_wishes_and_definitions_survive_a_restart(self):
        for name in ("runs", "rests", "waits"):
            self.create(adder(name, name), "?start=1")
            self.api.post(f"/dags/{name}/start?wait_ms=20000")
        self.api.post("/dags/rests/stop?wait_ms=20000")
        self.api.post("/dags/waits/suspend?wait_ms=20000")
        self.serve.restart()
        api = self.serve.admin
        for name, state in (("runs", "running"), ("rests", "stopped"), ("waits", "suspended")):
            wait_for(lambda n=name, s=state: state_of(api, n) == s, f"'{name}' to be {state}")

    def test_a_clone_has_its_own_name_window_and_keys(self):
        self.create(adder("original", "clone"))
        wish = {"name": "copy", "start_time": "0900", "end_time": "17:30",
                "overrides": {"in.source": "mem://queue/other"}}
        preview = self.api.post("/dags/original/clone?dry_run=1", wish)
        self.assertEqual(preview.status, 200, preview)
        self.assertEqual(preview.json["definition"]["name"], "copy")
        self.assertEqual(self.api.get("/dags/copy").status, 404)
        reply = self.api.post("/dags/original/clone", wish)
        self.assertEqual(reply.status, 201, reply)
        self.assertEqual(reply.headers["location"], "/api/v1/dags/copy")
        definition = self.api.get("/dags/copy").json
        self.assertEqual(definition["subscribers"][0]["config"]["source"], "mem://queue/other")
        self.assertEqual(definition["nodes"], adder("original", "clone")["nodes"])
        self.assertTrue(self.api.get("/dags/copy/runs?count=3").json["items"])
        self.assertEqual(self.api.post("/dags/original/clone", wish).status, 409)
        named = self.api.post("/dags/original/clone", {})
        self.assertEqual(named.status, 201, named)
        self.assertRegex(named.json["name"], r"^original_\d{14}$")
        self.assertEqual(self.api.post("/dags/original/clone", {"nmae": "x"}).status, 422)
        self.assertEqual(self.api.post("/dags/none/clone", {}).status, 404)

    def test_what_is_wrong_is_told_by_place(self):
        dag = adder("wrong", "wrong")
        dag["calculators"][0]["type"] = "AditionCalculator"
        reply = self.api.post("/dags", dag)
        self.assertEqual(reply.status, 422, reply)
        self.assertEqual(reply.headers["content-type"], "application/problem+json")
        problem = reply.json["errors"][0]
        self.assertEqual(problem["pointer"], "/calculators/0/type")
        self.assertEqual(problem["suggestion"], "AdditionCalculator")
        self.assertEqual(self.api.post("/dags", "{\"name\": ").status, 400)
        self.assertEqual(self.api.post("/dags", "[]").status, 422)
        self.assertEqual(self.api.post("/dags", "[" * 70 + "]" * 70).status, 400)
        self.assertEqual(self.api.post("/dags?start=perhaps", adder("x", "x")).status, 400)
        self.assertEqual(self.api.post("/dags?strat=1", adder("x", "x")).status, 400)
        self.assertEqual(self.api.get("/dags").json["total"], 0)

    def test_of_two_writers_one_wins(self):
        self.create(adder("race", "race"))
        for _ in range(10):
            etag = self.api.get("/dags/race").etag
            replies = []

            def write(depth, etag=etag, replies=replies):
                client = self.serve.client(self.serve.secret)
                replies.append(client.call("PUT", "/dags/race",
                                           adder("race", "race", {"max_depth": depth}),
                                           If_Match=etag))

            threads = [threading.Thread(target=write, args=(int(etag.strip('"')) * 10 + i,))
                       for i in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(reply.status for reply in replies), [200, 412], replies)
            won = next(reply for reply in replies if reply.status == 200)
            self.assertEqual(self.api.get("/dags/race").etag, won.etag)

    def test_pages_hold_each_dag_once_while_others_come_and_go(self):
        names = [f"page_{i:02}" for i in range(25)]
        for name in names:
            self.create(adder(name, name))
        seen, cursor = [], ""
        while cursor is not None:
            reply = self.api.get(f"/dags?limit=7&q=page_{cursor}")
            self.assertEqual(reply.status, 200, reply)
            seen += [item["name"] for item in reply.json["items"]]
            cursor = reply.json["next_cursor"] and "&cursor=" + reply.json["next_cursor"]
            if len(seen) == 7:  # before and behind where we are
                self.create(adder("page_000", "x"))
                self.api.call("DELETE", "/dags/page_20", If_Match="*")
        self.assertEqual([name for name in seen if name != "page_000"],
                         [name for name in names if name != "page_20"])
        self.assertEqual(len(seen), len(set(seen)))
        for query in ("limit=0", "limit=501", "limit=x", "sort=size", "state=asleep",
                      "cursor=%00%ff", "colour=red"):
            self.assertEqual(self.api.get("/dags?" + query).status, 400, query)

    def test_a_layout_makes_no_revision(self):
        self.create(adder("placed", "placed"))
        etag = self.api.get("/dags/placed").etag
        self.assertEqual(self.api.call("PUT", "/dags/placed/layout", {"add": [1, 2]}).status, 204)
        self.assertEqual(self.api.get("/dags/placed/layout").json, {"add": [1, 2]})
        self.assertEqual(self.api.get("/dags/placed").etag, etag)


class Life(unittest.TestCase):
    def setUp(self):
        self.serve = Serve().start()
        self.addCleanup(self.serve.__exit__)
        self.api = self.serve.admin

    def test_each_action_can_be_repeated(self):
        self.api.post("/dags", adder("a", "a"))
        for action, state in (("start", "running"), ("suspend", "suspended"),
                              ("resume", "running"), ("restart", "running"),
                              ("stop", "stopped")):
            for _ in range(2):
                reply = self.api.post(f"/dags/a/{action}?wait_ms=20000")
                self.assertEqual((reply.status, reply.json["state"]), (200, state), action)
        self.assertEqual(self.api.post("/dags/none/start").status, 404)
        self.assertEqual(self.api.post("/dags/a/start?wait_ms=60001").status, 400)
        self.assertEqual(self.api.post("/dags/a/stop", {"timeout_ms": -1}).status, 422)
        self.assertEqual(self.api.post("/dags/a/stop", {"drian": True}).status, 422)

    def test_actions_on_many_tell_of_each(self):
        for name in ("a", "b", "other"):
            self.api.post("/dags", adder(name, name))
        reply = self.api.post("/dag-actions", {"action": "start", "names": ["a", "none", "b"]})
        self.assertEqual(reply.status, 200, reply)
        results = {result["name"]: result for result in reply.json["results"]}
        self.assertEqual({name: result["status"] for name, result in results.items()},
                         {"a": 200, "b": 200, "none": 404})
        self.assertEqual(results["none"]["code"], "dag_not_found")
        for name in ("a", "b"):
            wait_for(lambda n=name: state_of(self.api, n) == "running", "it to run")
        operator = self.serve.client(self.serve.token("op", "operator", "a*"))
        reply = operator.post("/dag-actions", {"action": "stop", "names": ["a", "b"]})
        self.assertEqual([result["status"] for result in reply.json["results"]], [200, 404])
        self.assertEqual(operator.post("/dag-actions", {"action": "delete",
                                                        "names": ["a"]}).status, 403)
        self.assertEqual(state_of(self.api, "b"), "running")
        for body in ({"action": "jump", "names": ["a"]}, {"action": "stop", "names": []},
                     {"action": "stop", "names": ["a", "a"]}, {"action": "stop", "names": [1]},
                     {"action": "stop"}, {"action": "stop", "names": ["a"], "x": 1}):
            self.assertEqual(self.api.post("/dag-actions", body).status, 422, body)
        reply = self.api.post("/dag-actions", {"action": "delete", "names": ["a", "b"]})
        self.assertEqual([result["status"] for result in reply.json["results"]], [200, 200])
        self.assertEqual([dag["name"] for dag in self.api.get("/dags").json["items"]], ["other"])
        audit = self.api.get("/audit?limit=100").json["items"]
        for name in ("a", "b"):  # each one is told of by its name
            self.assertTrue(any(f"dag:{name}" == entry["object"] and
                                (entry["action"], entry["result"]) == ("dag.delete", "ok")
                                for entry in audit), audit)

    def test_requests_that_wait_leave_room_for_others(self):
        # A folder that there is none of: the file's source waits for it.
        dag = adder("slow", "slow")
        dag["subscribers"][0]["config"] = {"source": "mem://queue/slow_in"}
        self.api.post("/dags", dag)
        waiting = [self.serve.client(self.serve.secret) for _ in range(20)]
        threads = [threading.Thread(target=client.post,
                                    args=("/dags/slow/suspend?wait_ms=20000",))
                   for client in waiting]
        for thread in threads:
            thread.start()
        for _ in range(50):
            self.assertEqual(self.api.get("/dags/slow/state").status, 200)
        for thread in threads:
            thread.join(serving.DEADLINE_S)
            self.assertFalse(thread.is_alive())

    def test_scope_hides_dags(self):
        self.api.post("/dags", adder("mine_1", "m"))
        self.api.post("/dags", adder("theirs", "t"))
        scoped = self.serve.client(self.serve.token("scoped", "admin", "mine_*"))
        self.assertEqual([dag["name"] for dag in scoped.get("/dags").json["items"]], ["mine_1"])
        self.assertEqual(scoped.get("/dags/theirs").status, 404)
        self.assertEqual(scoped.post("/dags", adder("new", "n")).status, 404)
        self.assertEqual(scoped.post("/dags", adder("mine_2", "n")).status, 201)
        self.assertEqual(scoped.post("/dags/mine_1/clone", {"name": "theirs_2"}).status, 404)

    def test_what_is_shown_of_a_dag(self):
        self.api.post("/dags?start=1", adder("shown", "shown"))
        self.api.post("/dags/shown/start?wait_ms=20000")
        for path in ("details", "state", "why", "nodes", "nodes/add", "nodes/add/errors",
                     "metrics", "runs"):
            self.assertEqual(self.api.get(f"/dags/shown/{path}").status, 200, path)
        self.assertEqual(self.api.call("DELETE", "/dags/shown/nodes/add/errors").status, 204)
        self.assertEqual(self.api.get("/dags/shown/nodes/none").status, 404)
        for query in ("from=yesterday", "step_ms=-1", "from=2026-01-02T00:00:00Z"
                      "&to=2026-01-01T00:00:00Z"):
            self.assertEqual(self.api.get("/dags/shown/metrics?" + query).status, 400, query)
        for query in ("count=0", "count=101"):
            self.assertEqual(self.api.get("/dags/shown/runs?" + query).status, 400, query)


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main(verbosity=2)
