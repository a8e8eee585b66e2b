#!/usr/bin/env python3
"""Turns a file of judged texts into lines for mask_eval.

mask_judged.py FILE [LANGUAGE] > TEXTS

In FILE a line is a text, {KIND:...} is a span; "## xx" starts a language; "## keep NAME" is a name that the directory
leaves alone, which comes out as "keep<tab>NAME".
"""
import re
import sys

SPAN = re.compile(r"\{([A-Z_]+):([^}]*)\}")


def escaped(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def show(line):
    spans, text, at = [], "", 0
    line = line.replace("\\n", "\n")
    for m in SPAN.finditer(line):
        text += line[at:m.start()]
        start = len(text.encode())
        text += m.group(2)
        spans.append("%d %d %s" % (start, len(text.encode()), m.group(1)))
        at = m.end()
    print("%s\t%s" % (";".join(spans), escaped(text + line[at:])))


def main():
    wanted, language = sys.argv[2] if len(sys.argv) > 2 else None, None
    for line in open(sys.argv[1], encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("## keep "):
            print("keep\t" + line[8:])
        elif line.startswith("## "):
            language = line[3:]
        elif line and not line.startswith("# ") and wanted in (None, language):
            show(line)


main()
