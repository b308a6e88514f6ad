#!/usr/bin/env bash
# What it costs that every tuple's round can be told, which is all that explanations need: the instructions of the one
# function that keeps the rounds, beside those of the whole evaluation, as callgrind counts them (valgrind is wanted).
# The chain has the most rounds for its tuples, and so is the worst case.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release -p onus-benches
for program in closure_chain same_generation ownership; do
    out="$(mktemp)"
    valgrind --tool=callgrind --callgrind-out-file="$out" \
        target/release/onus-benches "$program" --size "${SIZE:-small}" --engines onus --runs 1 >/dev/null 2>&1
    callgrind_annotate --inclusive=yes --threshold=100 --auto=no "$out" |
        awk -v program="$program" '
            { gsub(",", "", $1) }
            /eval::fixpoint::evaluate/ && !all { all = $1 }
            /Relation::ends_round/ && !bounds { bounds = $1 }
            END { printf "%-16s %12d instructions of rounds in %14d: %.4f %%\n", program, bounds, all, 100 * bounds / all }'
    rm -f "$out"
done
