#!/usr/bin/env python3
"""Measures mask and guard on what they were not trained on, beside two npm packages.

Five times, a fifth of the templates (mask) or ideas (guard) is held out, the rest trains, and the held-out part is
judged; sums over the five. The packages judge the same texts. Prints lines for bench.py.
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


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, errors="replace").stdout


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def mask_fold(fold):
    texts = [f"{WORK}/mask-{part}-{fold}.tsv" for part in ("train", "test")]
    for path, part, count in zip(texts, ("train", "test"), ("40000", "0")):
        write(path, output("python3", HERE + "/train/mask_texts.py", HERE + "/data", count, PII, str(fold), str(FOLDS), part))
    weights = f"{WORK}/tagger-{fold}.bin"
    output(TOOLS + "mask_train", texts[0], weights, "5")
    return [json.loads(x) for x in output(TOOLS + "mask_eval", texts[1], weights).splitlines()]


def guard_fold(fold):
    texts = [f"{WORK}/guard-{part}-{fold}.tsv" for part in ("train", "test")]
    for path, part in zip(texts, ("train", "test")):
        write(path, output("python3", HERE + "/train/guard_texts.py", HERE + "/data", str(fold), str(FOLDS), part))
    weights = f"{WORK}/guard-{fold}.bin"
    output(TOOLS + "guard_train", texts[0], weights)
    return [json.loads(x) for x in output(TOOLS + "guard_eval", texts[1], weights).splitlines()]


def figure(name, value, detail=""):
    print(json.dumps({"name": name, "unit": "share", "value": round(value, 4), "detail": detail}), flush=True)


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0


def mask_report(folds):
    rows, sums = {}, {}
    for fold in folds:
        for x in fold:
            if "kind" in x:
                row = rows.setdefault(x["kind"], dict.fromkeys(("gold", "found", "both", "spans", "spans_found", "spans_both"), 0))
                for k in row:
                    row[k] += x[k]
            else:
                for k, v in x.items():
                    sums[k] = sums.get(k, 0) + v
    share = lambda a, b: a / b if b else 1.0
    for kind, r in rows.items():
        p, c = share(r["both"], r["found"]), share(r["both"], r["gold"])
        ep, ec = share(r["spans_both"], r["spans_found"]), share(r["spans_both"], r["spans"])
        print(f"{kind:20} {r['spans']:5} spans  by characters {p:.3f} {c:.3f}  exact {ep:.3f} {ec:.3f} (precision, recall)")
        if kind == "all":
            figure("mask.recall", c, "by characters, right kind, unseen templates")
            figure("mask.precision", p, "by characters, right kind, unseen templates")
            figure("mask.f1", f1(p, c), "by characters, right kind, unseen templates")
            figure("mask.exact_f1", f1(ep, ec), f"exact spans: precision {ep:.3f}, recall {ec:.3f}")
    figure("mask.clean_touched", share(sums["clean_touched"], sums["clean"]), f"{sums['clean_touched']} of {sums['clean']} texts")


def guard_report(folds):
    groups = {}
    for fold in folds:
        for x in fold:
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
            mask_report(list(pool.map(mask_fold, range(FOLDS))))
            compare = os.path.dirname(os.path.abspath(__file__)) + "/compare.mjs"
            subprocess.run(["node", compare, PII, WORK], check=False)
        if some("guard."):
            guard_report(list(pool.map(guard_fold, range(FOLDS))))


main()
