"""Each header of include/dag compiles alone, as C11 and as C++17.

usage: headers.py ROOT
"""
import os
import pathlib
import shlex
import subprocess
import sys

from tap import Report

FLAGS = ["-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", "include"]
LANGUAGES = [
    ("C11", os.environ.get("CC", "cc"), ["-std=c11", "-x", "c"]),
    ("C++17", os.environ.get("CXX", "c++"), ["-std=c++17", "-x", "c++"]),
]


def main(root):
    report = Report()
    headers = sorted((root / "include/dag").glob("*.h"))
    report.case("include/dag has headers", [] if headers else ["none found"])
    for header in headers:
        for language, compiler, flags in LANGUAGES:
            run = subprocess.run(shlex.split(compiler) + flags + FLAGS + ["-"], cwd=root,
                                 input=f'#include "dag/{header.name}"\n', text=True,
                                 stderr=subprocess.PIPE, check=False)
            report.case(f"dag/{header.name} compiles alone as {language}",
                        run.stderr.splitlines() if run.returncode else [])
    return report.print()


sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
