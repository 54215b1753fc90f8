"""Messages that come in by REST: one, many, too many, wrong, and sent twice.

usage: test_ingest.py DAGD
"""
import json
import pathlib
import sys
import unittest

import serving
from populated import relay
from serving import Serve, adder, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "publish"))
from receiver import Receiver  # pylint: disable=wrong-import-position

LINES = "application/x-ndjson"


def written(path):
    return path.read_text().splitlines() if path.exists() else []


def to_file(name, depth=None):
    """A DAG that writes the sums to a file."""
    dag = adder(name, name, {"max_depth": depth} if depth else None)
    dag["publishers"][0]["config"] = {"destination": f"file://{name}.jsonl"}
    return dag


class Ingest(unittest.TestCase):
    def setUp(self):
        self.serve = Serve().start()
        self.addCleanup(self.serve.__exit__)
        self.api = self.serve.admin

    def start(self, dag):
        reply = self.api.post("/dags", dag)
        self.assertEqual(reply.status, 201, reply)
        reply = self.api.post(f"/dags/{dag['name']}/start?wait_ms=20000")
        self.assertEqual((reply.status, reply.json["state"]), (200, "running"))

    def publish(self, dag, body, content_type="application/json", query="", **headers):
        return self.api.post(f"/dags/{dag}/subscribers/in/messages{query}", body,
                             content_type=content_type, **headers)

    def sums(self, dag, count):
        path = self.serve.root / "files" / f"{dag}.jsonl"
        wait_for(lambda: len(written(path)) >= count, f"{count} lines, not {written(path)}")
        return [json.loads(line)["sum"] for line in written(path)]

    def test_one_message_and_a_batch_come_through(self):
        self.start(to_file("in_order"))
        reply = self.publish("in_order", {"a": 1, "b": 2})
        self.assertEqual(reply.status, 202, reply)
        self.assertEqual(reply.json["accepted"], 1)
        self.assertIs(reply.json["is_safe"], False, "a queue in memory, and no journal")
        lines = "".join(json.dumps({"a": i, "b": 0}) + "\r\n\n" for i in range(500))
        reply = self.publish("in_order", lines, LINES)
        self.assertEqual((reply.status, reply.json["accepted"]), (202, 500), reply)
        self.assertEqual(self.sums("in_order", 501), [3] + list(range(500)))

    def test_a_line_that_is_no_message_is_named(self):
        self.start(to_file("wrong"))
        reply = self.publish("wrong", '{"a":1,"b":1}\n\n{"a":2,\n{"a":3,"b":1}\n', LINES)
        self.assertEqual(reply.status, 422, reply)
        self.assertEqual((reply.json["code"], reply.json["line"], reply.json["accepted"]),
                         ("bad_message", 3, 1))
        self.assertIn("line 3", reply.json["detail"])
        self.assertEqual(self.sums("wrong", 1), [2])
        for body in ("", "{", "null", '{"a":1} {"a":2}', b'{"a":"\xff"}'):
            reply = self.publish("wrong", body)
            self.assertEqual(reply.status, 422, body)
        self.assertEqual(self.publish("wrong", "\n \n", LINES).status, 422)
        self.assertEqual(self.publish("wrong", "{}", "text/plain").status, 415)

    def test_what_there_is_no_such_thing_as_is_told(self):
        self.start(to_file("there"))
        self.assertEqual(self.publish("none", {"a": 1}).status, 404)
        self.assertEqual(self.api.post("/dags/there/subscribers/none/messages", {}).status, 404)
        self.assertEqual(self.publish("there", {}, query="?inject=maybe").status, 400)
        viewer = self.serve.client(self.serve.token("viewer", "viewer"))
        self.assertEqual(viewer.post("/dags/there/subscribers/in/messages", {}).status, 403)

    def test_limits_are_told_with_what_was_taken(self):
        self.start(to_file("large"))
        reply = self.publish("large", '{"a":1,"b":1}\n' * 10001, LINES)
        self.assertEqual(reply.status, 413, reply)
        self.assertEqual(reply.json["code"], "too_many_messages")
        self.assertEqual(reply.json["line"], reply.json["accepted"] + 1)
        deep = "[" * 1100 + "]" * 1100
        self.assertEqual(self.publish("large", deep).status, 422)
        reply = self.publish("large", json.dumps({"a": "x" * (16 * 1024 * 1024)}))
        self.assertEqual(reply.status, 413, reply)

    def test_a_full_queue_takes_what_fits_and_says_so(self):
        dag = to_file("full", 100)
        self.start(dag)
        self.api.post("/dags/full/suspend?wait_ms=20000")
        accepted = 0
        for _ in range(40):
            reply = self.publish("full", "".join(json.dumps({"a": accepted + i, "b": 0}) + "\n"
                                                 for i in range(9000)), LINES)
            accepted += reply.json["accepted"]
            if reply.status != 202:
                break
        self.assertEqual(reply.status, 429, reply)
        self.assertGreaterEqual(int(reply.headers["retry-after"]), 1)
        self.assertEqual(reply.json["line"], reply.json["accepted"] + 1)
        self.api.post("/dags/full/resume?wait_ms=20000")
        self.assertEqual(self.sums("full", accepted), list(range(accepted)))

    def test_a_key_makes_repeating_safe(self):
        self.start(to_file("once"))
        first = self.publish("once", {"a": 1, "b": 1}, Idempotency_Key="k1")
        again = self.publish("once", {"a": 1, "b": 1}, Idempotency_Key="k1")
        self.assertEqual((again.status, again.json), (202, first.json))
        self.assertEqual(self.publish("once", {"a": 2, "b": 1}, Idempotency_Key="k1").status, 422)
        self.publish("once", {"a": 5, "b": 5}, Idempotency_Key="k2")
        self.assertEqual(self.sums("once", 2), [2, 10])

    def test_what_was_partly_taken_is_not_taken_again(self):
        self.start(to_file("partly"))
        body = '{"a":1,"b":1}\nno\n'
        replies = [self.publish("partly", body, LINES, Idempotency_Key="p") for _ in range(3)]
        self.assertEqual([reply.json["accepted"] for reply in replies], [1, 1, 1])
        self.publish("partly", {"a": 9, "b": 9})
        self.assertEqual(self.sums("partly", 2), [2, 18])

    def test_a_step_shows_every_node_and_publishes_nothing(self):
        self.start(to_file("step"))
        reply = self.api.post("/dags/step/step?subscriber=in", {"a": 20, "b": 22})
        self.assertEqual(reply.status, 200, reply)
        nodes = {node["name"]: node for node in reply.json["nodes"]}
        self.assertEqual(nodes["add"]["output"]["sum"], 42)
        self.assertEqual(reply.json["publishers"][0]["messages"][0]["sum"], 42)
        self.assertEqual(self.api.post("/dags/step/step", {}).status, 400)
        self.publish("step", {"a": 1, "b": 1})
        self.assertEqual(self.sums("step", 1), [2])

    def test_dead_letters_are_shown_and_discarded(self):
        self.start(to_file("letters"))
        self.publish("letters", '{"a":1e308,"b":1e308}\n{"a":-1e308,"b":-1e308}\n', LINES)
        letters = wait_for(
            lambda: len(self.api.get("/dags/letters/dead-letters").json["items"]) == 2 and
            self.api.get("/dags/letters/dead-letters").json, "dead letters")
        self.assertEqual(letters["total"], 2)
        page = self.api.get("/dags/letters/dead-letters?limit=1").json
        self.assertEqual(len(page["items"]), 1)
        self.assertIsNotNone(page["next_cursor"])
        number = letters["items"][0]["id"]
        reply = self.api.post("/dags/letters/dead-letters/redrive", {"ids": [number]})
        # what a node failed on isn't the message as it came in
        self.assertEqual((reply.status, reply.json["code"]), (409, "cannot_redrive"), reply)
        for body in ({"ids": []}, {"ids": "some"}, {"ids": [1]}, {"ids": ["a,b"]}, {}):
            self.assertEqual(self.api.post("/dags/letters/dead-letters/redrive", body).status,
                             422, body)
        self.assertEqual(self.api.call("DELETE", "/dags/letters/dead-letters").status, 400)
        reply = self.api.call("DELETE", "/dags/letters/dead-letters?ids=all")
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(reply.json["count"], 2)
        self.assertEqual(self.api.get("/dags/letters/dead-letters").json["total"], 0)

    # ---- dead letters that are fed in again ----

    def letters(self, dag):
        return self.api.get(f"/dags/{dag}/dead-letters").json["items"]

    def redrive(self, dag, ids="all"):
        """A DAG that is being started or changed takes them in a moment."""
        def ask():
            reply = self.api.post(f"/dags/{dag}/dead-letters/redrive", {"ids": ids})
            return None if reply.status == 429 else reply
        return wait_for(ask, "an answer")

    def test_what_a_sink_refused_gets_there_once_it_is_mended(self):
        refused = {3, 5, 8}
        with Receiver(refuses=lambda message: message["n"] in refused) as receiver:
            self.start(relay("mended", receiver.url, batch="ndjson"))
            self.publish("mended", "".join(f'{{"n":{n}}}\n' for n in range(10)), LINES)
            wait_for(lambda: len(self.letters("mended")) == 3, "three dead letters")
            self.assertEqual({letter["cause"] for letter in self.letters("mended")}, {"publish"})
            wait_for(lambda: len(receiver.accepted) == 7, "the others")
            cycles = self.api.get("/dags/mended/details").json["cycles"]

            refused.remove(8)
            five = next(one["id"] for one in self.letters("mended") if one["input"] == {"n": 5})
            reply = self.redrive("mended", [five])
            self.assertEqual((reply.status, reply.json), (200, {"count": 1}), reply)
            # it went there, and was refused again: another letter stands for it
            self.assertEqual(len(self.letters("mended")), 3)
            self.assertNotIn(five, [letter["id"] for letter in self.letters("mended")])

            refused.clear()
            reply = self.redrive("mended")
            self.assertEqual((reply.status, reply.json), (200, {"count": 3}), reply)
            self.assertEqual(sorted(m["n"] for m in receiver.accepted), list(range(10)))
            self.assertEqual(self.letters("mended"), [])
            reply = self.redrive("mended")
            self.assertEqual((reply.status, reply.json), (200, {"count": 0}), reply)
            self.assertEqual(self.api.get("/dags/mended/details").json["cycles"], cycles,
                             "no cycle runs for them")

    def test_what_a_node_could_not_take_comes_in_again_by_its_subscriber(self):
        dag = to_file("repaired")
        dag["nodes"][0]["calculator"] = "sum"  # of what comes in, so that the letter holds it
        del dag["nodes"][1]
        dag["edges"] = [{"from_node": "read", "to_node": "send"}]
        self.start(dag)
        self.publish("repaired", {"a": 1e308, "b": 1e308})
        letters = wait_for(lambda: self.letters("repaired"), "a dead letter")
        self.assertEqual((letters[0]["subscriber"], letters[0]["input"]),
                         ("in", {"a": 1e308, "b": 1e308}))
        dag["calculators"][0]["config"]["arguments"] = ["a"]
        reply = self.api.call("PUT", "/dags/repaired", dag, If_Match="*")
        self.assertEqual(reply.status, 200, reply)
        wait_for(lambda: self.api.get("/dags/repaired/state").json["running_revision"] ==
                 reply.json["revision"], "the new definition")
        reply = self.redrive("repaired", [letters[0]["id"]])
        self.assertEqual((reply.status, reply.json), (200, {"count": 1}), reply)
        self.assertEqual(self.sums("repaired", 1), [1e308])
        self.assertEqual(self.letters("repaired"), [])

    def test_a_letter_that_is_no_message_holds_up_no_other(self):
        (self.serve.root / "files" / "mixed.jsonl").write_text('{"n":\n{"n":1}\n')
        with Receiver(refuses=lambda message: True) as receiver:
            dag = relay("mixed", receiver.url)
            dag["subscribers"][0]["config"]["source"] = "file://mixed.jsonl"
            self.start(dag)
            wait_for(lambda: len(self.letters("mixed")) == 2, "two dead letters")
            broken = next(one["id"] for one in self.letters("mixed") if one["cause"] == "parse")
            receiver.refuses = lambda message: False
            reply = self.redrive("mixed")
            self.assertEqual((reply.status, reply.json), (200, {"count": 1}), reply)
            self.assertEqual(receiver.accepted, [{"n": 1}])
            self.assertEqual([letter["id"] for letter in self.letters("mixed")], [broken])
            reply = self.redrive("mixed", [broken])
            self.assertEqual((reply.status, reply.json["code"]), (409, "cannot_redrive"), reply)
            self.assertIn("no JSON message", reply.json["detail"])
            self.assertEqual(self.redrive("mixed", ["999999"]).status, 404)

    def test_what_the_publisher_has_not_taken_yet_is_still_a_dead_letter(self):
        with Receiver(refuses=lambda message: True) as receiver:
            self.start(relay("parted", receiver.url))
            self.publish("parted", {"n": 1})
            letters = wait_for(lambda: self.letters("parted"), "a dead letter")
            self.api.post("/dags/parted/suspend?wait_ms=20000")
            reply = self.redrive("parted")
            self.assertEqual((reply.status, reply.json["code"]), (409, "dag_not_running"), reply)
            self.api.post("/dags/parted/stop?wait_ms=20000")
            self.assertEqual(self.redrive("parted").status, 409)
            self.assertEqual(self.letters("parted"), letters)



if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main(verbosity=2)
