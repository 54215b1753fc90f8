"""No function of ours has the name of one in a library that we link: our calls would go to ours.

usage: symbols.py PROGRAM ARCHIVE...
"""
import re
import subprocess
import sys

from tap import Report


def symbols(path, *options):
    """Names that are defined with external linkage; hidden ones, too, in an archive."""
    command = ["nm", "--defined-only", "--extern-only", *options, path]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {line.split()[2].split("@")[0] for line in lines.splitlines() if len(line.split()) == 3}


def libraries(program):
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    paths = re.findall(r"=> (/\S+)", listing)
    return [path for path in paths if not re.search(r"/lib(asan|tsan|ubsan)", path)]


def main(program, archives):
    report = Report()
    own = set().union(*(symbols(archive) for archive in archives))
    paths = libraries(program)
    found = []
    for path in paths:
        taken = sorted(own & symbols(path, "--dynamic"))
        found += [f"{name}() is also in {path}: rename it" for name in taken]
    if len(own) < 100 or not paths:
        found.append(f"{len(own)} symbols and {len(paths)} libraries: this check has seen nothing")
    report.case("no name of a linked library is taken", found)
    return report.print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
