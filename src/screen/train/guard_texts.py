#!/usr/bin/env python3
"""Gathers labelled texts for the guard.

guard_texts.py DATA all|judged|FOLD FOLDS train|test > TEXTS

Prints lines of "class<tab>source<tab>text"; texts of one idea are in one fold. Nothing is
trained on what "judged" gives.
"""
import glob
import hashlib
import json
import random
import re
import sys

DATA = sys.argv[1]
FOLD, FOLDS, PART = ((0, 0, "train") if sys.argv[2] == "all" else (0, 0, "judged") if sys.argv[2] == "judged"
                     else (int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))


def wanted(key):
    if not FOLDS:
        return True
    inside = int(hashlib.sha256(key.encode()).hexdigest(), 16) % FOLDS == FOLD
    return inside == (PART == "test")


def show(kind, source, text):
    line = "%s\t%s\t%s" % (kind, source, text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\n"))
    # real sentences count three times as much as made ones
    for _ in range(3 if PART == "train" and source != "made" else 1):
        print(line)


def authored(pattern):
    return sorted(glob.glob("%s/authored/%s" % (DATA, pattern)))


def pairs(path):
    kind = ""
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("## "):
            kind = line.split()[1]
        elif line and not line.startswith("#"):
            idea, bad, good = line.split(" | ")
            if wanted(kind + "/" + idea):
                show(kind, "pair", bad)
                show("none", "near " + kind, good)


def harmless(path):
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line and not line.startswith("#") and wanted(line):
            show("none", "harmless", line)


def given(path):
    for line in open(path, encoding="utf-8"):
        x = json.loads(line)
        key = " ".join(x["text"].lower().split()[:6])
        if wanted(key):
            source = x["source"].split()[0] if not x["source"].startswith("Cyber") else x["source"].split()[2]
            show("prompt_injection" if x["label"] == "injection" else "none", source.replace("(", "").replace(")", ""), x["text"])


def made(paths, count):
    """Sentences by rule; only for training."""
    words, rules, kind = {}, {}, ""
    for line in (x.rstrip("\n") for path in paths for x in open(path, encoding="utf-8")):
        if line.startswith("="):
            key, rest = line[1:].split(" ", 1)
            words[key] = rest.split("|")
        elif line.startswith("## "):
            kind = line[3:]
        elif line and not line.startswith("#"):
            rules.setdefault(kind, []).append(line)
    rnd = random.Random(20240614)
    one = re.compile(r"<(\w+)>|\[([^][]*)\]")

    def put(m):
        choice = words.get(m.group(1), [m.group(0)]) if m.group(1) else m.group(2).split("|")
        return choice[rnd.randrange(len(choice))]

    for kind, lines in rules.items():
        for i in range(len(lines) * count):
            text, line = lines[i % len(lines)], None
            while text != line:
                text, line = one.sub(put, text), text
            text = re.sub(r"\s+", " ", text).replace(" ,", ",").replace(" .", ".").strip()
            r = rnd.random()
            text = text[0].upper() + text[1:] if r < 0.5 else text.lower() if r < 0.65 else text
            show(kind, "made", text)


if PART == "judged":
    for path in authored("guard_judged*.txt"):
        pairs(path)
    sys.exit()
if PART == "train":
    made(authored("guard_grammar*.txt"), 40)
for path in authored("guard_pairs_*.txt"):
    pairs(path)
for path in authored("guard_harmless*.txt"):
    harmless(path)
given(DATA + "/given/injection_dev.jsonl")
