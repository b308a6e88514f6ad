#!/usr/bin/env python3
"""Judges onus by clingo, an answer set solver that shares nothing with it: random programs of the fragment that both have
(numbers and texts, arithmetic, recursion, negation, aggregates), the answers compared tuple by tuple.

    pip install clingo
    python tests/judged_by_clingo.py --programs 2000 --seed 1

The programs come from `cargo run --release --example judge -- --clingo`. Ends with 1 where something differs.
"""

import argparse
import json
import subprocess
import sys

import clingo


def answer_set(text):
    """The atoms of the one answer set, by name; rows of numbers and texts."""
    told = []
    control = clingo.Control(["--warn=none"], logger=lambda code, message: told.append(message))
    control.add("base", [], text)
    control.ground([("base", [])])
    sets = []
    with control.solve(yield_=True) as models:
        for model in models:
            rows = {}
            for atom in model.symbols(atoms=True):
                row = tuple(number(term) for term in atom.arguments)
                rows.setdefault(atom.name, set()).add(row)
            sets.append(rows)
    if told or len(sets) != 1:
        raise RuntimeError(f"{len(sets)} answer sets: {told}")
    return sets[0]


def number(term):
    return term.number if term.type == clingo.SymbolType.Number else term.string


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--programs", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--judge", help="the judge, if it is built already")
    given = options.parse_args()
    command = [given.judge] if given.judge else ["cargo", "run", "--quiet", "--release", "--example", "judge", "--"]
    command += ["--clingo", "--programs", str(given.programs), "--seed", str(given.seed)]
    judge = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    programs = judged = rows = mismatches = 0
    for line in judge.stdout:
        programs += 1
        program = json.loads(line)
        if program["clingo"] is None:
            continue
        found = answer_set(program["clingo"])
        judged += 1
        for relation, answer in program["answers"].items():
            expected, actual = found.get(relation, set()), {tuple(row) for row in answer}
            rows += len(actual)
            if expected == actual:
                continue
            mismatches += 1
            print(f"program {program['program']}, {relation}: onus lacks {sorted(expected - actual, key=str)[:3]}, "
                  f"clingo lacks {sorted(actual - expected, key=str)[:3]}\n{program['text']}\n{program['clingo']}")
    failed = judge.wait() != 0
    print(f"{programs} programs, {judged} within the fragment, {rows} rows compared, {mismatches} mismatches")
    return 1 if mismatches or failed or not judged else 0


if __name__ == "__main__":
    sys.exit(main())
