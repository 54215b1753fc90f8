"""House rules that need no compiler: see CONTRIBUTING.md.

usage: house.py ROOT
"""
import pathlib
import re
import sys

from tap import Report

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 120
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
SLEEP = re.compile(r"\b(?:sleep|usleep|nanosleep|clock_nanosleep)\s*\(")
FIRST_LINE = re.compile(r"/\* (\S+) - \S")
FOLDERS = ["include", "src", "tests", "bench", "examples", "tools"]
CODE = (".c", ".h", ".cc")


class Source:
    def __init__(self, root, path):
        self.name = str(path.relative_to(root))
        self.suffix = path.suffix
        self.text = path.read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.split("\n")

    def matches(self, pattern):
        return [f"{self.name}:{number}: {line.strip()}"
                for number, line in enumerate(self.lines, 1) if pattern.search(line)]


def load(root):
    scripts = (".py", ".sh", ".build")
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*"))
             if path.suffix in CODE + scripts and "node_modules" not in path.parts]
    paths += [root / name for name in ("meson.build", "run.sh", "test.sh", ".ci/run")]
    return [Source(root, path) for path in paths]


def first_lines(sources):
    for source in sources:
        match = FIRST_LINE.match(source.lines[0])
        if not match or match.group(1) != pathlib.Path(source.name).name:
            yield f"{source.name}:1: should be '/* {pathlib.Path(source.name).name} - purpose. */'"


def long_functions(sources):
    """A function's braces stand alone at the first column; clang-format sees to that."""
    for source in sources:
        start = None
        for number, line in enumerate(source.lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start is not None:
                if number - start - 1 > FUNCTION_LINES_MAX:
                    head = source.lines[start - 2].strip()
                    yield f"{source.name}:{start}: {number - start - 1} lines: {head}"
                start = None


def undocumented(sources):
    """One comment may stand for a run of declarations without a blank line between them."""
    for source in sources:
        if not source.name.startswith("include/dag/"):
            continue
        documented = False
        for number, line in enumerate(source.lines, 1):
            if not line.strip():
                documented = False
            elif line.startswith("/**"):
                documented = True
            elif line.startswith("DAG_API ") and not documented:
                yield f"{source.name}:{number}: {line.strip()}"


def main(root):
    sources = load(root)
    code = [source for source in sources if source.suffix in CODE]
    tests = [source for source in code if source.name.startswith("tests/")]
    report = Report()

    def lines(name, where, pattern):
        report.case(name, [finding for source in where for finding in source.matches(pattern)])

    lines("no tabs", sources, re.compile(r"\t"))
    lines("no space at the end of a line", sources, re.compile(r"[ \r]$"))
    lines(f"no line is longer than {COLUMNS_MAX} columns", sources,
          re.compile(".{%d}" % (COLUMNS_MAX + 1)))
    lines("nothing is left for later", sources, UNFINISHED)
    lines("tests wait for events and don't sleep", tests, SLEEP)
    report.case("every file ends with a newline", [source.name for source in sources
                                                   if not source.text.endswith("\n")])
    report.case("the first line says what a file is for", first_lines(code))
    report.case(f"no function has more than {FUNCTION_LINES_MAX} lines", long_functions(code))
    report.case("every public function is documented", undocumented(code))
    return report.print()


sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
