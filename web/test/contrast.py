#!/usr/bin/env python3
"""Compute WCAG contrast ratios of the token pairs in tokens.css; exit 1 when one is too low."""
import pathlib
import re
import sys

TEXT, GRAPHIC = 4.5, 3.0
# foreground, background, needed ratio
PAIRS = [
    ("text-strong", "surface-panel", TEXT),
    ("text-default", "surface-panel", TEXT),
    ("text-default", "surface-page", TEXT),
    ("text-muted", "surface-panel", TEXT),
    ("text-muted", "surface-page", TEXT),
    ("text-muted", "surface-sunken", TEXT),
    ("text-muted", "surface-hover", TEXT),
    ("text-muted", "surface-selected", TEXT),
    ("text-muted", "surface-raised", TEXT),
    ("text-muted", "surface-canvas", TEXT),
    ("text-on-action", "action-bg", TEXT),
    ("accent", "surface-panel", TEXT),
    ("line-field", "surface-panel", GRAPHIC),
    ("line-field", "surface-page", GRAPHIC),
    ("line-focus", "surface-panel", GRAPHIC),
    ("line-focus", "surface-page", GRAPHIC),
    ("line-focus", "surface-canvas", GRAPHIC),
    ("accent", "surface-canvas", GRAPHIC),
    ("surface-panel", "state-failed-text", TEXT),
    ("queue-ok", "surface-canvas", GRAPHIC),
    ("queue-ok", "surface-selected", GRAPHIC),
    ("queue-ok", "edge-ok-bed", GRAPHIC),
    ("queue-busy", "surface-canvas", GRAPHIC),
    ("queue-busy", "surface-panel", GRAPHIC),
    ("queue-busy", "edge-busy-bed", GRAPHIC),
    ("queue-full", "surface-canvas", GRAPHIC),
    ("queue-full", "surface-panel", TEXT),
    ("queue-full", "edge-full-bed", GRAPHIC),
    ("series-rate", "surface-panel", GRAPHIC),
    ("series-queue", "surface-panel", GRAPHIC),
    ("series-latency", "surface-panel", GRAPHIC),
    ("series-error", "surface-panel", GRAPHIC),
    ("chart-axis", "surface-panel", TEXT),
    ("code-key", "surface-sunken", TEXT),
    ("code-key", "code-line-active", TEXT),
    ("code-string", "surface-sunken", TEXT),
    ("code-string", "code-line-active", TEXT),
    ("code-number", "surface-sunken", TEXT),
    ("code-punctuation", "code-line-active", TEXT),
    ("text-default", "code-selection", TEXT),
]
for state in ("running", "waiting", "suspended", "stopped", "warning", "failed"):
    PAIRS += [
        (f"state-{state}-text", "surface-panel", TEXT),
        (f"state-{state}-text", f"state-{state}-soft", TEXT),
        (f"state-{state}-mark", "surface-panel", GRAPHIC),
        (f"state-{state}-mark", "surface-raised", GRAPHIC),
    ]


def block(css, selector):
    body = css.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", body))


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ratio(a, b):
    hi, lo = sorted((luminance(a), luminance(b)), reverse=True)
    return (hi + 0.05) / (lo + 0.05)


def main():
    css = (pathlib.Path(__file__).parents[1] / "src/styles/tokens.css").read_text()
    light, dark = block(css, ":root {"), block(css, ":root.theme-dark {")
    media = block(css, ":root:not(.theme-light) {")
    bad = 0
    if media != dark:
        print("the two dark blocks differ")
        bad = 1
    print("| foreground | background | needs | light | dark |\n|---|---|---|---|---|")
    for fg, bg, need in PAIRS:
        values = [ratio(t[fg], t[bg]) for t in (light, dark)]
        mark = "" if min(values) >= need else " FAIL"
        bad |= bool(mark)
        print(f"| {fg} | {bg} | {need} | {values[0]:.1f} | {values[1]:.1f} |{mark}")
    return bad


if __name__ == "__main__":
    sys.exit(main())
