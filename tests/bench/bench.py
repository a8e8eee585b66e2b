#!/usr/bin/env python3
"""Runs the programs of goals.json (all, or those of the figures named) and writes build/bench.json."""

import json
import os
import platform
import subprocess
import sys

GOALS = "tests/bench/goals.json"
RESULT = "build/bench.json"


def wanted(name, only):
    return not only or any(name == o or name.startswith(o + ".") for o in only)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as cpus:
        model = next((line.split(":")[1].strip() for line in cpus if "model name" in line), "?")
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}"


def commit():
    head = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12"],
                          capture_output=True, text=True, check=False)
    return head.stdout.strip() or "unknown"


def figures_of(program, names):
    """Runs one program; returns {name: line} of what it measured and whether it ended well."""
    measured = {}
    env = {**os.environ, "VOW_BINARY": os.path.abspath("build/vow")}
    try:
        run = subprocess.Popen([program, *names], stdin=subprocess.DEVNULL, env=env,
                               stdout=subprocess.PIPE, text=True)
    except OSError as problem:
        print(f"{program}: {problem.strerror}", flush=True)
        return measured, False
    for line in run.stdout:
        if line.startswith("{"):
            figure = json.loads(line)
            measured[figure["name"]] = figure
        else:
            print(line, end="", flush=True)
    return measured, run.wait() == 0


def meets(goal, value):
    if goal["goal"] is None:
        return True
    return value >= goal["goal"] if goal["better"] == "higher" else value <= goal["goal"]


def report(goal, figure):
    mark = "  " if meets(goal, figure["value"]) else "! "
    aim = "" if goal["goal"] is None else \
        f"goal {'>=' if goal['better'] == 'higher' else '<='} {goal['goal']}"
    print(f"{mark}{goal['name']:<24} {figure['value']:>10.4g} {goal['unit']:<12} {aim:<14} "
          f"{figure.get('detail', '')}".rstrip(), flush=True)


def main():
    only = sys.argv[1:]
    with open(GOALS, encoding="utf-8") as table:
        goals = [goal for goal in json.load(table) if wanted(goal["name"], only)]
    figures, failed = [], []
    for program in dict.fromkeys(goal["program"] for goal in goals):
        mine = [goal for goal in goals if goal["program"] == program]
        measured, well = figures_of(program, [goal["name"] for goal in mine])
        if not well:
            failed.append(program)
        for goal in mine:
            if goal["name"] not in measured:
                failed.append(goal["name"])
                continue
            report(goal, measured[goal["name"]])
            figures.append({"name": goal["name"], "value": measured[goal["name"]]["value"]}
                           | {key: goal[key] for key in ("unit", "better", "goal", "against")})
    os.makedirs("build", exist_ok=True)
    with open(RESULT, "w", encoding="utf-8") as out:
        json.dump({"commit": commit(), "machine": machine(), "figures": figures}, out, indent=2)
        out.write("\n")
    print(f"{len(figures)} figures in {RESULT}")
    if failed or not figures:
        sys.exit(f"Not measured: {', '.join(dict.fromkeys(failed)) or 'nothing of that name'}")


main()
