"""A strict reader of Prometheus' text format: what it can't take, it finds wrong.

Beyond what `promtool check metrics` says: families stand together, labels and numbers are written
right, histograms are cumulative and whole, no series comes twice.
"""
import re
import subprocess

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)$")
NUMBER = re.compile(r"[+-]?(Inf|\d+(\.\d+)?([eE][+-]?\d+)?)$|NaN$")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


class Family:
    def __init__(self, name, help_text):
        self.name, self.help = name, help_text
        self.kind = None
        self.samples = {}  # (suffix, labels) -> value

    def series(self):
        """What a server keeps in memory: each sample is one."""
        return len(self.samples)


class Page:
    """A page of metrics, its families by name, and what is wrong with it."""

    def __init__(self, text):
        self.findings = []
        self.families = {}
        self.family = None
        if not text.endswith("\n"):
            self.findings.append("the last line has no end")
        for number, line in enumerate(text.splitlines(), 1):
            problem = self.read(line)
            if problem:
                self.findings.append(f"line {number}: {problem}: {line[:120]}")
        for family in self.families.values():
            self.check(family)

    def read(self, line):
        """What is wrong with a line, or None."""
        if line.startswith("# HELP "):
            _, _, name, *text = line.split(" ", 3)
            return self.begin(name, text[0] if text else "")
        if line.startswith("# TYPE "):
            return self.read_type(line.split(" "))
        return self.read_sample(line)

    def begin(self, name, text):
        if not re.fullmatch(NAME, name):
            return "no name of a metric"
        if name in self.families:
            return "the family is there already"
        self.family = self.families[name] = Family(name, text)
        return None if text.strip() else "no help"

    def read_type(self, words):
        if len(words) != 4 or not self.family or words[2] != self.family.name or self.family.kind:
            return "TYPE must follow the HELP of its family, once"
        self.family.kind = words[3]
        return None if words[3] in SUFFIXES else "an unknown type"

    def read_sample(self, line):
        match = SAMPLE.match(line)
        if not match:
            return "no sample"
        name, labels, value = match.groups()
        family = self.family
        suffix = name[len(family.name):] if family and name.startswith(family.name) else None
        if suffix not in SUFFIXES.get(family.kind if family else None, ()):
            return "the sample isn't of the family above"
        if not NUMBER.match(value):
            return "no number"
        pairs = re.findall(rf"({LABEL})", labels or "")
        names = [pair.split("=")[0] for pair in pairs]
        if len(set(names)) != len(names):
            return "a label comes twice"
        key = (suffix, tuple(sorted(pairs)))
        if key in family.samples:
            return "the series is there already"
        family.samples[key] = float(value.replace("Inf", "inf"))
        return None

    def check(self, family):
        if not family.kind:
            self.findings.append(f"{family.name} has no type")
        if family.kind == "counter" and not family.name.endswith("_total"):
            self.findings.append(f"{family.name}: the name of a counter ends in _total")
        if family.kind == "counter" and any(not value >= 0 for value in family.samples.values()):
            self.findings.append(f"{family.name} counts below zero")
        if family.kind == "histogram":
            self.check_histogram(family)

    def check_histogram(self, family):
        buckets = {}
        for (suffix, labels), value in family.samples.items():
            if suffix == "_bucket":
                bound = [pair[4:-1] for pair in labels if pair.startswith('le="')]
                others = tuple(pair for pair in labels if not pair.startswith('le="'))
                bound = float(bound[0].replace("Inf", "inf")) if bound else None
                buckets.setdefault(others, []).append((bound, value))
        for labels, found in buckets.items():
            bounds, counts = [pair[0] for pair in found], [pair[1] for pair in found]
            if None in bounds or bounds != sorted(bounds) or bounds[-1] != float("inf"):
                self.findings.append(f"{family.name}{labels}: bounds {bounds}")
            if counts != sorted(counts) or family.samples.get(("_count", labels)) != counts[-1] or \
                    ("_sum", labels) not in family.samples:
                self.findings.append(f"{family.name}{labels}: counts {counts}")
        if family.samples and not buckets:
            self.findings.append(f"{family.name} has no bucket")

    def value(self, name, **labels):
        """Of one series, or None."""
        key = ("", tuple(sorted(f'{label}="{text}"' for label, text in labels.items())))
        return self.families[name].samples.get(key) if name in self.families else None

    def series(self):
        return sum(family.series() for family in self.families.values())


def promtool_findings(promtool, text):
    """What Prometheus' own tool says, also of style."""
    done = subprocess.run([promtool, "check", "metrics"], input=text, text=True, timeout=60,
                          capture_output=True, check=False)
    said = (done.stdout + done.stderr).strip()
    return said if said or done.returncode == 0 else f"exit code {done.returncode}"
