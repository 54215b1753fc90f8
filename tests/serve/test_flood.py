"""Requests without end that fail to say who asks: slowed down by address, nobody else held up.

usage: test_flood.py DAGD
"""
import json
import pathlib
import re
import sys
import unittest

import serving
from serving import PASSWORD, Serve

FREE = 20  # denials of an address
FLOOD = 200


class Flood(unittest.TestCase):
    def setUp(self):
        self.serve = Serve("--log-format", "json")
        self.metrics_token = self.serve.root / "metrics-token"
        self.metrics_token.write_text("a token of its own\n")
        self.serve.arguments += ("--metrics-token-file", self.metrics_token)
        self.enterContext(self.serve)
        # made here: signing in from an address that failed too often has to wait
        self.viewer = self.serve.client(self.serve.token("viewer", "viewer"), source="127.0.0.7")

    def metric(self, name, cause):
        scraper = self.serve.client("a token of its own", source="127.0.0.7").connect()
        scraper.request("GET", "/metrics", headers={"Authorization": "Bearer a token of its own"})
        text = scraper.getresponse().read().decode()
        scraper.close()
        return int(re.search(rf'^{name}{{cause="{cause}"}} (\d+)$', text, re.M).group(1))

    def audit(self, action):
        return [entry for path in sorted((self.serve.root / "data" / "audit").iterdir())
                for entry in map(json.loads, path.read_text().splitlines())
                if entry.get("action") == action]

    def log(self, text):
        return [line for line in (self.serve.root / "log").read_text().splitlines() if text in line]

    def flood(self, authorization, method="GET", path="/dags", source="127.0.0.7", body=None):
        client = self.serve.client(headers={"Authorization": authorization} if authorization
                                   else {}, source=source)
        return [client.call(method, path, body) for _ in range(FLOOD)]

    def assert_slowed(self, replies, code, slow_code):
        codes = [reply.json["code"] for reply in replies]
        self.assertEqual(codes[:FREE], [code] * FREE)
        self.assertEqual(set(codes), {code, slow_code})
        for reply in replies:
            if reply.json["code"] == slow_code:
                self.assertEqual(reply.status, 429)
                self.assertIn(int(reply.headers["retry-after"]), range(1, 901))
        self.assertLess(codes.count(code), FREE + 10)
        return codes.count(slow_code)

    def test_wrong_tokens_are_slowed_and_right_ones_are_not(self):
        for wrong in ("Bearer dct_" + "A" * 43, "Basic cm9vdDpyb290"):
            before = self.metric("dagd_http_slowed_total", "credential")
            source = f"127.0.0.{len(wrong)}"
            code = "bad_token" if wrong.startswith("Bearer") else "bad_authorization"
            slowed = self.assert_slowed(self.flood(wrong, source=source), code,
                                        "credentials_slowed")
            self.assertEqual(self.metric("dagd_http_slowed_total", "credential") - before, slowed)
            good = self.serve.client(self.serve.secret, source=source)
            self.assertEqual(good.get("/dags").status, 200)
            self.assertEqual(len(self.log(f"{source} sent {FREE} wrong credentials")), 1)
            # one line in full each, and those that were slowed only in the metrics
            self.assertLess(len(self.log(f'"address":"{source}"')), FREE + 10)
        self.assertLess(len([e for e in self.audit("listDags") if e["result"] == "denied"]),
                        2 * (FREE + 10))

    def test_neither_its_own_address_nor_another_is_locked_out(self):
        self.flood("Bearer dct_" + "B" * 43)
        self.assertEqual(self.viewer.get("/dags").status, 200)
        self.assertEqual(self.serve.browser.get("/me").status, 200)
        replies = self.flood("Bearer dct_" + "B" * 43, source="127.0.0.8")
        self.assertEqual(replies[0].json["code"], "bad_token")
        # whoever signs in there does so all the same
        reply = self.serve.client(source="127.0.0.7").post(
            "/login", {"name": "root", "password": PASSWORD})
        self.assertEqual(reply.status, 200, reply)

    def test_a_page_learns_that_its_session_has_ended(self):
        client = self.serve.client(headers={"Cookie": "sid=" + "A" * 43}, source="127.0.0.9")
        codes = [client.get("/me").json["code"] for _ in range(FLOOD)]
        self.assertEqual(set(codes), {"login_session_ended"})
        self.assertGreater(self.metric("dagd_http_slowed_total", "credential"), FLOOD - FREE - 10)
        self.assertLess(len(self.log('"address":"127.0.0.9"')), FREE + 10)

    def test_the_token_of_metrics_is_not_tried_without_end(self):
        client = self.serve.client("wrong", source="127.0.0.10")
        connection = client.connect()
        statuses = []
        for _ in range(FLOOD):
            connection.request("GET", "/metrics", headers=client.headers)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()
        self.assertEqual(statuses[:FREE], [401] * FREE)
        self.assertGreater(statuses.count(429), FLOOD - FREE - 10)

    def test_attempts_to_sign_in_do_not_fill_the_audit_log(self):
        for path, body in (("/login", {"name": "root", "password": "wrong"}), ("/login", {}),
                           ("/setup", {"token": "x", "name": "a", "password": PASSWORD})):
            with self.subTest(path=path, body=body):
                source = f"127.0.1.{len(json.dumps(body))}"
                replies = self.flood(None, "POST", path, source, body)
                self.assertGreater(sum(r.status == 429 for r in replies), FLOOD - FREE - 10)
                lines = [e for e in self.audit(path[1:].replace("setup", "setUp"))
                         if e["address"] == source]
                self.assertLess(len(lines), 2 * (FREE + 10))
        self.assertEqual(self.serve.browser.get("/me").status, 200)
        self.assertGreater(self.metric("dagd_http_slowed_total", "sign_in"), 3 * (FLOOD - 40))


if __name__ == "__main__":
    serving.DAGD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
