#!/usr/bin/env bash
# Runs the benchmarks of a release build and prints, for each piece of work, our figure, the peer's in the same
# run, their ratio, and what is aimed at. Nothing fails by being slow. Best run while nothing else does.
#
# usage: tests/bench/run.sh [BUILD_FOLDER]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${1:-$root/build}/bin
[[ -x $bin/modelstore_bench_hash ]] || {
  echo "run.sh: no benchmarks in $bin: build them with cmake --preset release && cmake --build build" >&2
  exit 2
}

for name in hash tiers import list scan promotion capi; do
  echo "== $name"
  "$bin/modelstore_bench_$name"
done

echo "== python"
"$root/tests/bench/python_bench.py" "${1:-$root/build}"

if command -v wrk >/dev/null && command -v nginx >/dev/null; then
  echo "== server"
  "$root/tests/bench/server_bench.py" "${1:-$root/build}"
else
  echo "== server: left out, it needs wrk and nginx"
fi
