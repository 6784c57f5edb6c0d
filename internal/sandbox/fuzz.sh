#!/usr/bin/env bash
# Fuzzes every decoder of the sandbox that a client without credentials can reach, each for $1 (default 3s). What makes one
# fail is written to its package's testdata/fuzz, where every later test run tries it again.
set -euo pipefail
cd "$(dirname "$0")"
for package in . ./aws ./google ./wire ./world; do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz'); do
    out=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-3s}" -fuzzminimizetime 1x "$package") ||
      if grep -q 'Failing input' <<<"$out" || ! grep -q 'context deadline exceeded' <<<"$out"; then # go may end its own time as a failure
        printf '%s\n' "$out"
        exit 1
      fi
    printf '%s: %s\n' "$target" "$(grep '^fuzz: elapsed' <<<"$out" | tail -n 1)"
  done
done
