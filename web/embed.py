#!/usr/bin/env python3
"""embed.py - puts the files of web/dist into the program.

    embed.py DIST OUT.c DEPFILE

writes C that includes each file as it is (.incbin), with its compressed forms, and a table of them
sorted by path: `serve_page` of src/cli/serve_page.h. The folder itself is in the depfile, so a file
that comes or goes is seen, too.
"""

import hashlib
import json
import pathlib
import re
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FORMS = (("identity", ""), ("gzip", ".gz"), ("brotli", ".br"))
HASHED = re.compile(r"-[A-Z0-9]{8}\.")


def include(symbol, path):
    """The bytes of a file under a symbol of this file alone."""
    text = f".section .rodata\n.balign 16\n{symbol}:\n.incbin {json.dumps(str(path))}\n.byte 0\n.previous\n"
    return (
        f"__asm__({json.dumps(text)});\n"
        f'extern const unsigned char {symbol}[] __attribute__((visibility("hidden")));\n'
    )


def main():
    dist, out, depfile = map(pathlib.Path, sys.argv[1:])
    names = sorted((p.name for p in dist.iterdir() if p.suffix in TYPES), key=str.encode)
    lines = ["/* Made by web/embed.py from web/dist. */\n", '#include "cli/serve_page.h"\n\n']
    rows = []
    used = [str(dist.resolve())]
    for number, name in enumerate(names):
        whole = (dist / name).read_bytes()
        row = [
            f'    {{.path = "/{name}", .type = "{TYPES[pathlib.Path(name).suffix]}",',
            f'.etag = "{hashlib.sha256(whole).hexdigest()[:20]}",',
            f".is_hashed = {'true' if HASHED.search(name) else 'false'},",
        ]
        for form, suffix in FORMS:
            path = (dist / (name + suffix)).resolve()
            if path.exists():
                symbol = f"web_{form}_{number}"
                lines.append(include(symbol, path))
                row.append(f".{form} = {{{symbol}, {path.stat().st_size}}},")
                used.append(str(path))
        rows.append(" ".join(row) + "},\n")
    lines.append("\nstatic const struct http_asset assets[] = {\n" + "".join(rows) + "};\n\n")
    lines.append(
        "const struct http_asset_table serve_page = {assets, sizeof(assets) / sizeof(assets[0])};\n"
    )
    out.write_text("".join(lines))
    depfile.write_text(f"{out}: " + " ".join(p.replace(" ", "\\ ") for p in used) + "\n")


if __name__ == "__main__":
    main()
