#!/usr/bin/env python3
"""Measures mask and guard on what they were not trained on, beside two npm packages.

Five times, a fifth of the templates (mask) or ideas (guard) is held out, the rest trains, and the held-out part is
judged; sums over the five. The packages judge the same texts. The program's own weights are judged on authored
texts that nothing is trained on: seven languages, and English texts without personal data. Prints lines for bench.py.
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

FOLDS = 5
HERE = "src/screen"
BUILD = "build/release"
TOOLS = BUILD + "/src/screen/"
WORK = "build/bench-screen"
PII = HERE + "/data/given/pii_dev.jsonl"
JUDGED = HERE + "/data/authored/mask_judged.txt"
CLEAN = HERE + "/data/authored/mask_clean.txt"
SECOND = HERE + "/data/authored/mask_second_%s.txt"  # by another hand
VECTORS = HERE + "/data/lists/vector.txt"
COUNT = "100000"  # of texts from templates, as in train.sh


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, errors="replace").stdout


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def mask_fold(fold):
    texts = [f"{WORK}/mask-{part}-{fold}.tsv" for part in ("train", "test")]
    for path, part, count in zip(texts, ("train", "test"), (COUNT, "0")):
        write(path, output("python3", HERE + "/train/mask_texts.py", HERE + "/data", count, PII, str(fold), str(FOLDS), part))
    weights = f"{WORK}/tagger-{fold}.bin"
    output(TOOLS + "mask_train", texts[0], weights, "5")
    return [json.loads(x) for x in output(TOOLS + "mask_eval", texts[1], weights).splitlines()]


def guard_fold(fold):
    texts = [f"{WORK}/guard-{part}-{fold}.tsv" for part in ("train", "test")]
    for path, part in zip(texts, ("train", "test")):
        write(path, output("python3", HERE + "/train/guard_texts.py", HERE + "/data", str(fold), str(FOLDS), part))
    weights = f"{WORK}/guard-{fold}.bin"
    output(TOOLS + "guard_train", texts[0], VECTORS, weights)
    lines = output(TOOLS + "guard_eval", texts[1], weights, "all").splitlines()
    sums = [json.loads(x) for x in lines if x.startswith("{\"class\"")]
    scores = [(x[1], float(x[3])) for x in (line.split("\t") for line in lines) if len(x) == 6]
    return sums, scores


def guard_judged_report():
    """The program's own weights on pairs that nothing is trained on."""
    texts = WORK + "/guard-judged.tsv"
    write(texts, output("python3", HERE + "/train/guard_texts.py", HERE + "/data", "judged"))
    sums = [json.loads(x) for x in output(TOOLS + "guard_eval", texts, "-").splitlines()]
    for name, of in ("guard.judged_recall", lambda x: x["source"] == "pair"), ("guard.judged_fpr", lambda x: x["source"] != "pair"):
        rows = [x for x in sums if of(x)]
        figure(name, sum(x["refused"] for x in rows) / sum(x["count"] for x in rows),
               ", ".join("%s %d of %d" % (x["class"] if x["source"] == "pair" else x["source"][5:], x["refused"], x["count"]) for x in rows))


def figure(name, value, detail=""):
    print(json.dumps({"name": name, "unit": "share", "value": round(value, 4), "detail": detail}), flush=True)


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0


def authored(path, *language):
    """The program's own weights on an authored file."""
    texts = f"{WORK}/{os.path.basename(path)}.{'-'.join(language)}.tsv"
    write(texts, output("python3", HERE + "/train/mask_judged.py", path, *language))
    return [json.loads(x) for x in output(TOOLS + "mask_eval", texts, "-").splitlines()]


def summed(folds):
    """Counts of all folds, by kind; those of texts under None."""
    rows = {}
    for x in (x for fold in folds for x in fold):
        row = rows.setdefault(x.get("kind"), {})
        for k, v in x.items():
            if isinstance(v, int):
                row[k] = row.get(k, 0) + v
    return rows


def shares(r):
    """Precision and recall by characters, and by exact spans."""
    share = lambda a, b: a / b if b else 1.0
    return (share(r["both"], r["found"]), share(r["both"], r["gold"]),
            share(r["spans_both"], r["spans_found"]), share(r["spans_both"], r["spans"]))


def line(name, r):
    print("%-20s %5d spans  by characters %.3f %.3f  exact %.3f %.3f (precision, recall)" % (name, r["spans"], *shares(r)))


def mask_report(folds):
    rows = summed(folds)
    for kind, r in rows.items():
        if kind:
            line(kind, r)
    p, c, ep, ec = shares(rows["all"])
    figure("mask.recall", c, "by characters, right kind, unseen templates")
    figure("mask.precision", p, "by characters, right kind, unseen templates")
    figure("mask.f1", f1(p, c), "by characters, right kind, unseen templates")
    figure("mask.exact_recall", ec, "exact spans, right kind, unseen templates")
    figure("mask.exact_precision", ep, "exact spans, right kind, unseen templates")
    return [rows[None]]


def languages_report():
    with open(JUDGED, encoding="utf-8") as f:
        languages = [x[3:].strip() for x in f if x.startswith("## ")]
    kinds = summed([authored(JUDGED)])
    for kind, r in kinds.items():
        if kind:
            line("judged " + kind, r)
    texts = []
    for language in languages:
        rows = summed([authored(JUDGED, language)])
        texts.append(rows[None])
        line("judged " + language, rows["all"])
        figure(f"mask.{language}.exact_f1", f1(*shares(rows["all"])[2:]), "judged texts, %.3f by characters" % f1(*shares(rows["all"])[:2]))
    return texts + [summed([authored(CLEAN)])[None]]


def second_report():
    judged, clean = summed([authored(SECOND % "judged")])["all"], summed([authored(SECOND % "clean")])[None]
    line("second judged", judged)
    figure("mask.second_exact_f1", f1(*shares(judged)[2:]), "second judged texts, %.3f by characters" % f1(*shares(judged)[:2]))
    figure("mask.second_touched", clean["clean_touched"] / clean["clean"], f"{clean['clean_touched']} of {clean['clean']} texts")


def checksum_report():
    """The worst precision or recall among the kinds of numbers that have a checksum."""
    texts = f"{WORK}/checksums.tsv"
    write(texts, output("python3", os.path.dirname(os.path.abspath(__file__)) + "/checksums.py", "1000"))
    rows = summed([[json.loads(x) for x in output(TOOLS + "mask_eval", texts, "-").splitlines()]])
    kinds = {k: shares(r)[2:] for k, r in rows.items() if k and k[0].isupper() and r["spans"]}
    figure("mask.checksum", min(min(x) for x in kinds.values()), ", ".join("%s %.3f %.3f" % (k, *x) for k, x in kinds.items()))


def clean_report(texts):
    clean, touched = (sum(x[k] for x in texts) for k in ("clean", "clean_touched"))
    figure("mask.clean_touched", touched / clean, f"{touched} of {clean} texts")


def guard_report(folds):
    groups = {}
    for sums, _ in folds:
        for x in sums:
            g = groups.setdefault((x["class"], x["source"]), [0, 0, 0])
            for i, k in enumerate(("count", "refused", "right")):
                g[i] += x[k]

    def refused(wanted):
        rows = [g for key, g in groups.items() if wanted(*key)]
        return sum(g[1] for g in rows) / max(1, sum(g[0] for g in rows))

    def each(of):
        return ", ".join(f"{key[0] if of == 'pair' else key[1][5:]} {g[1] / g[0]:.2f}" for key, g in sorted(groups.items())
                         if (key[1] == "pair" if of == "pair" else key[1].startswith("near")))

    for key, g in sorted(groups.items()):
        print(f"{key[0]:24} {key[1]:30} {g[0]:4} texts, refused {g[1] / g[0]:.3f}, as the right class {g[2]}")
    scores = [x for fold in folds for x in fold[1]]
    bad = [score for source, score in scores if source == "pair"]
    near = sorted((score for source, score in scores if source.startswith("near")), reverse=True)
    for rate in (0.01, 0.02, 0.03, 0.05, 0.1):
        limit = near[int(rate * len(near))]
        print(f"pairs refused were {rate:.0%} of their neighbours refused: {sum(x > limit for x in bad) / len(bad):.3f}")
    figure("guard.recall", refused(lambda c, s: s == "pair"), each("pair"))
    figure("guard.fpr", refused(lambda c, s: s.startswith("near")), each("near"))
    figure("guard.injection_recall", refused(lambda c, s: c == "prompt_injection" and s != "pair"))
    figure("guard.injection_fpr", refused(lambda c, s: s == "NotInject"))


def main():
    wanted = sys.argv[1:]
    some = lambda prefix: not wanted or any(x.startswith(prefix) for x in wanted)
    os.makedirs(WORK, exist_ok=True)
    targets = ["src/screen/" + x for x in ("mask_train", "mask_eval", "guard_train", "guard_eval")]
    subprocess.run(["ninja", "-C", BUILD, "--quiet", *targets], check=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if some("mask."):
            clean_report(mask_report(list(pool.map(mask_fold, range(FOLDS)))) + languages_report())
            second_report()
            checksum_report()
            compare = os.path.dirname(os.path.abspath(__file__)) + "/compare.mjs"
            subprocess.run(["node", compare, PII, WORK], check=False)
        if some("guard."):
            guard_report(list(pool.map(guard_fold, range(FOLDS))))
            guard_judged_report()


main()
