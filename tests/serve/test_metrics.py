"""GET /metrics: Prometheus takes it, the manual tells of all, and 2,000 DAGs don't make it endless.

usage: test_metrics.py DAGD

`promtool` of Debian's package `prometheus` looks at it, too, where it is found: in
build/tools/usr/bin, where test.sh puts it, or in PATH. With CI=true it has to be.
"""
import json
import os
import pathlib
import re
import shutil
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import serving  # noqa: E402
from populated import LINES, Populated  # noqa: E402
from prometheus import Page, promtool_findings  # noqa: E402
from serving import DEADLINE_S, Serve, wait_for  # noqa: E402

DAGS, RUNNING = 2000, 300
SERIES_MAX = 50000  # of DAGs; see docs/metrics.md
BESIDE_MAX = 2000  # of the server itself: requests by operation and status, and the process
ROOT = pathlib.Path(__file__).resolve().parents[2]


def promtool():
    unpacked = ROOT / "build" / "tools" / "usr" / "bin" / "promtool"
    return str(unpacked) if unpacked.exists() else shutil.which("promtool")


def scrape(serve):
    with urllib.request.urlopen(f"http://127.0.0.1:{serve.port}/metrics",
                                timeout=DEADLINE_S) as reply:
        return reply.read().decode()


class Metrics(unittest.TestCase):
    def check(self, text):
        page = Page(text)
        self.assertEqual(page.findings[:20], [])
        if promtool():
            self.assertEqual(promtool_findings(promtool(), text), "")
        elif os.environ.get("CI") == "true":
            self.fail("there is no promtool: ./test.sh unpacks it")
        return page

    def test_prometheus_takes_the_page_of_a_busy_server(self):
        with Populated() as serve:
            serve.admin.get("/dags/none")  # a request that is refused has its series, too
            page = self.check(scrape(serve))
            self.assertEqual(page.value("dagd_dag_state", dag="trade_sum", state="running"), 1)
            self.assertEqual(page.value("dagd_dag_errors_total", dag="trade_sum", cause="node"), 2)
            self.assertEqual(page.value("dagd_dag_errors_total", dag="broken_lines",
                                        cause="parse"), 1)
            self.assertEqual(page.value("dagd_dag_received_messages_total", dag="trade_sum"), 22)
            self.assertEqual(page.value("dagd_metrics_left_out_dags", level="latencies"), 0)

            def measured():
                serve.admin.post("/dags/trade_sum/subscribers/in/messages", '{"a":1,"b":2}\n' * 50,
                                 content_type=LINES)
                family = Page(scrape(serve)).families.get("dagd_publisher_latency_seconds")
                return family and family.kind == "histogram"
            wait_for(measured, "a latency")
            self.check(scrape(serve))

    def test_every_metric_is_in_the_manual(self):
        manual = (ROOT / "docs" / "metrics.md").read_text()
        with Populated() as serve:
            families = Page(scrape(serve)).families
        told = set(re.findall(r"`((?:dagd|process)_\w+)`", manual))
        self.assertEqual(sorted(set(families) - told), [], "not in docs/metrics.md")

    def test_the_page_of_2000_dags_is_bounded(self):
        serve = Serve("--log-level", "error")
        self.addCleanup(serve.__exit__)
        names = [f"d{i:04}" for i in range(DAGS)]
        for name in names:
            (serve.root / "dags" / f"{name}.json").write_text(json.dumps(self.wide(name)))
        serve.start()
        wait_for(lambda: serve.admin.get("/totals").json["dags"] == DAGS, "all DAGs")
        reply = serve.admin.post("/dag-actions", {"action": "start", "names": names[-RUNNING:]})
        self.assertEqual(reply.status, 200, reply)
        wait_for(lambda: serve.admin.get("/totals").json["states"]["running"] == RUNNING,
                 "some of them to run")
        text = scrape(serve)
        page = self.check(text)
        of_dags = sum(family.series() for name, family in page.families.items()
                      if re.match(r"dagd_(dag|node|subscriber|publisher)_", name))
        self.assertLessEqual(of_dags, SERIES_MAX)
        self.assertLessEqual(page.series() - of_dags, BESIDE_MAX)
        told = {pair for family in page.families.values() for _, labels in family.samples
                for pair in labels if pair.startswith("dag=")}
        self.assertEqual(len(told), DAGS, "each DAG as a whole comes first")
        left_out = {level: page.value("dagd_metrics_left_out_dags", level=level)
                    for level in ("dag", "connectors", "nodes", "latencies")}
        self.assertEqual(left_out["dag"], 0)
        self.assertGreater(left_out["nodes"], 0, left_out)
        self.assertEqual(sorted(left_out.values()), list(left_out.values()), left_out)
        print(f"{DAGS} DAGs: {of_dags} series of DAGs, {page.series()} in all, {len(text)} bytes; "
              f"left out: {left_out}")

    @staticmethod
    def wide(name, width=40):
        nodes = [{"name": f"n{i}", "type": "CalculationNode", "calculator": "same"}
                 for i in range(width)]
        return {
            "name": name,
            "subscribers": [{"name": "in", "config": {"source": f"mem://queue/{name}"}}],
            "publishers": [{"name": "out", "config": {"destination": f"mem://queue/{name}_out"}}],
            "calculators": [{"name": "same", "type": "PassthruCalculator", "config": {}}],
            "nodes": [{"name": "read", "type": "SubscriptionNode", "subscriber": "in"}, *nodes,
                      {"name": "send", "type": "PublicationNode", "publishers": ["out"]}],
            "edges": [edge for i in range(width)
                      for edge in ({"from_node": "read", "to_node": f"n{i}"},
                                   {"from_node": f"n{i}", "to_node": "send"})],
        }


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main()
