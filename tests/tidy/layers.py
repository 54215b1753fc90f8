"""Includes point one way: each layer sees only itself and what lies below it.

usage: layers.py ROOT
"""
import pathlib
import re
import sys

from tap import Report

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)

# layer: the layers it may include. A component folder sees include/dag and its own folder.
ALLOWED = {
    "dag": {"dag"},
    "core": {"core", "dag"},
    "connectors": {"connectors", "dag"},
    "functions": {"functions", "dag"},
    "calculators": {"calculators", "functions", "dag"},
    "transformers": {"transformers", "functions", "dag"},
    "graph": {"graph", "core", "dag"},
    "runtime": {"runtime", "graph", "core", "dag"},
    "durable": {"durable", "runtime", "graph", "core", "dag"},
    "server": {"server", "durable", "runtime", "graph", "core", "dag"},
    "cluster": {"cluster", "server", "durable", "runtime", "graph", "core", "dag"},
    "http": {"http", "cluster", "server", "durable", "runtime", "graph", "core", "dag"},
    "cli": None,  # sees everything
}


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in (".c", ".h", ".cc"))


def findings_in(root, folder, allowed):
    found = []
    for path in sources(folder):
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in INCLUDE.finditer(text):
            name = match.group(1)
            place = f"{path.relative_to(root)}:{text.count(chr(10), 0, match.start(1)) + 1}"
            base = root / ("include" if name.startswith("dag/") else "src")
            if "/" not in name or ".." in name:
                found.append(f"{place}: '{name}' isn't written relative to include/ or src/")
            elif not (base / name).exists():
                found.append(f"{place}: there is no '{name}' in include/ or src/")
            elif allowed is not None and name.split("/")[0] not in allowed:
                found.append(f"{place}: '{name}' may not be included here")
    return found


def main(root):
    report = Report()
    report.case("include/dag includes only itself",
                findings_in(root, root / "include/dag", ALLOWED["dag"]))
    layers = sorted(path for path in (root / "src").iterdir() if path.is_dir())
    for layer in layers:
        if layer.name not in ALLOWED:
            report.case(f"src/{layer.name} is a known layer", ["add it to tests/tidy/layers.py"])
            continue
        report.case(f"src/{layer.name} includes only what lies below it",
                    findings_in(root, layer, ALLOWED[layer.name]))
    return report.print()


sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
