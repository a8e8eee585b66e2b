#!/usr/bin/env python3
"""Checks which room of src/ may include which, and which alone knows a library."""

import pathlib
import re
import sys

# room: the rooms whose headers it may include. A feature names other features in its build file.
LAYERS = {
    "base": [],
    "crypt": ["base"],
    "db": ["base", "crypt"],
    "net": ["base", "crypt"],
    "screen": ["base"],
    "egress": ["base"],
    "process": ["base", "egress"],
    "core": ["base", "crypt", "db", "net", "screen", "egress"],
    "feature": ["base", "crypt", "db", "net", "screen", "egress", "core"],
    "prove": ["base", "crypt", "db", "net", "screen", "egress", "process", "core", "feature"],
}

# main.c, and the rooms that may include everything.
TOP = ["command"]

# library header: the rooms that may include it.
KNOWN_BY = {
    r"openssl/": ["crypt"],
    r"crypt\.h": ["crypt"],
    r"sqlite3\.h": ["db"],
    r"libpq-fe\.h": ["db"],
    r"microhttpd\.h": ["net"],
    r"jansson\.h": ["net"],
    r"curl/": ["egress"],
    r"seccomp\.h": ["process"],
    r"linux/(landlock|seccomp)\.h": ["process"],
    r"archive(_entry)?\.h": ["feature"],
    r"utf8proc\.h": ["base"],
}

# Where SQL may be made at run time, of declared names; and the headers that make it.
COMPOSES = [
    "db/", "core/", "feature/privacy/", "feature/ai/summary_report.c", "feature/forms/answers.c",
    "feature/time/entry.c", "feature/world", "prove/kept_checks.c",
]
COMPOSERS = ["db/compose.h", "core/sql.h"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = pathlib.Path("src")


def feature_may(feature, other):
    build = SOURCES / "feature" / feature / "meson.build"
    listed = build if build.exists() else SOURCES / "feature" / "meson.build"
    return re.search(rf"\b{other}_(feature|lib)\b", listed.read_text()) is not None


def trouble(file, kind, header):
    """What is wrong with this include, or None."""
    parts = file.relative_to(SOURCES).parts
    room = parts[0]
    if len(parts) == 1 or room in TOP:
        return None
    if room not in LAYERS:
        return f"the table of layers in {__file__} has no {room}"
    if kind == "<":
        for pattern, rooms in KNOWN_BY.items():
            if re.match(pattern, header) and room not in rooms:
                return f"only {' and '.join(rooms)} may know <{header}>"
        return None
    target = header.split("/")
    if len(target) == 1 or target[0] not in LAYERS:
        return None
    if file.name.endswith("_test.c"):
        return None  # a test may look anywhere
    if header in COMPOSERS and not "/".join(parts).startswith(tuple(COMPOSES)):
        return "SQL is not composed here"
    if target[0] != room and target[0] not in LAYERS[room]:
        return f"{room} stands below {target[0]} or beside it"
    if target[0] == room == "feature" and len(target) > 2 and len(parts) > 2:
        if target[1] != parts[1] and not feature_may(parts[1], target[1]):
            return f"the build file of feature {parts[1]} does not list {target[1]}"
    return None


def main():
    found = 0
    for file in sorted(SOURCES.rglob("*.[ch]")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            problem = match and trouble(file, *match.groups())
            if problem:
                print(f"{file}:{number}: {problem}")
                found += 1
    sys.exit(1 if found else 0)


main()
