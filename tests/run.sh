#!/usr/bin/env bash
# Builds modelstore in every configuration that it is tested in and runs all tests and checks in one go.
# The last lines are ctest's summary. The exit code is 0 only if every test was run and passed.
set -euo pipefail

usage() {
  cat <<'END'
usage: tests/run.sh [--no-install] [CONFIGURATION]...

Configurations, all four unless some are named:
  release   g++, optimised: all tests, the checks of the sources, the installed package, clang-tidy
  clang     clang++, optimised: the tests of the library and of the C interface
  asan      AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer: all tests
  tsan      ThreadSanitizer: all tests

Packages that are missing are installed with apt-get first, unless --no-install is given.
CTEST_PARALLEL_LEVEL sets how many tests run at once, CMAKE_BUILD_PARALLEL_LEVEL how many compilers;
both are the number of processors by default.
END
}

known=(release clang asan tsan)
configurations=()
install=yes
for argument in "$@"; do
  case "$argument" in
    -h | --help) usage && exit 0 ;;
    --no-install) install=no ;;
    all) configurations+=("${known[@]}") ;;
    release | clang | asan | tsan) configurations+=("$argument") ;;
    *) usage >&2 && exit 2 ;;
  esac
done
((${#configurations[@]} > 0)) || configurations=("${known[@]}")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
processors=$(nproc)
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$processors}
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$processors}

phase() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  "$@"
  echo "== $name: $((SECONDS - start)) s"
}

# Address space layout with more than 28 random bits is more than the ThreadSanitizer of these compilers
# copes with.
run=()
if [[ " ${configurations[*]} " == *" tsan "* ]] && (($(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28) > 28)) &&
  setarch "$(uname -m)" --addr-no-randomize true 2>/dev/null; then
  run=(setarch "$(uname -m)" --addr-no-randomize)
fi

binary_dir() {
  if [[ $1 == release ]]; then echo "$root/build"; else echo "$root/build/$1"; fi
}

build() {
  cmake --preset "$1" --log-level=NOTICE
  "${run[@]}" cmake --build "$(binary_dir "$1")"
}

[[ $install == no ]] || phase "packages" cmake/install_dependencies.sh --tests
for configuration in "${configurations[@]}"; do
  phase "build $configuration" build "$configuration"
done

# One run over all builds, so that there is one summary.
all=$root/build/all_tests
mkdir -p "$all"
for configuration in "${configurations[@]}"; do
  echo "subdirs(\"$(binary_dir "$configuration")\")"
done >"$all/CTestTestfile.cmake"

# Another compiler makes other code of the library, but changes no program's ways.
left_out='^clang: (cli|server|fault|python|rust)'

echo "== tests"
results=$all/results.xml
rm -f "$results"
status=0
"${run[@]}" ctest --test-dir "$all" --output-on-failure --no-tests=error --timeout 600 \
  --exclude-regex "$left_out" --output-junit "$results" || status=$?

# ctest does not count a test that was skipped or disabled as failed. Here it is.
cmake/checks/all_tests_ran.py "$results" || status=1
exit "$status"
