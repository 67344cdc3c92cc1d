#!/usr/bin/env bash
# Installs with apt-get what is missing to build modelstore, with `--demo` what the demo needs as well, and with
# `--tests` what the tests do.
# What is there already is left alone, and nothing is ever removed. Without anything missing it needs no
# rights and no network.
set -euo pipefail

usage() {
  echo "usage: $0 [--demo | --tests] [--list]"
  echo "  --demo   also what the demo needs"
  echo "  --tests  also what the tests and checks need"
  echo "  --list   print the missing packages and install nothing"
}

fail() {
  echo "install_dependencies: $*" >&2
  exit 1
}

installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

known() {
  [[ -n "$(apt-cache madison "$1" 2>/dev/null)" ]]
}

# Boost 1.81 or newer, which is the distribution's own in Ubuntu 24.04 and a package beside it in Debian 12.
boost_package() {
  if installed libboost1.81-dev || known libboost1.81-dev; then
    echo libboost1.81-dev
  else
    echo libboost-dev
  fi
}

# Formatting differs between versions: 14 is the one that the sources are formatted with.
clang_tool() {
  if installed "$1-14" || known "$1-14"; then echo "$1-14"; else echo "$1"; fi
}

demo=no
tests=no
list=no
for argument in "$@"; do
  case "$argument" in
    --demo) demo=yes ;;
    --tests) tests=yes ;;
    --list) list=yes ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
done

if ! command -v apt-get >/dev/null; then
  echo "install_dependencies: no apt-get here, so what is missing has to be installed by hand" >&2
  exit 0
fi

wanted() {
  echo g++ cmake ninja-build pkg-config
  echo libsqlite3-dev libcrypto++-dev libvips-dev libcli11-dev doctest-dev
  boost_package
  if [[ $demo == yes || $tests == yes ]]; then
    echo curl jq
  fi
  if [[ $tests == yes ]]; then
    echo cargo clang ccache git python3 python3-pytest rustc sqlite3 strace
    clang_tool clang-format
    clang_tool clang-tidy
  fi
}

find_missing() {
  missing=()
  local package
  for package in $(wanted); do
    installed "$package" || missing+=("$package")
  done
}

find_missing
if [[ $list == yes ]]; then
  ((${#missing[@]} == 0)) || printf '%s\n' "${missing[@]}"
  exit 0
fi
((${#missing[@]} > 0)) || exit 0

as_root=()
if [[ $EUID -ne 0 ]]; then
  command -v sudo >/dev/null || fail "missing: ${missing[*]}; run as root: apt-get install ${missing[*]}"
  as_root=(sudo)
fi

echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update
find_missing # a machine that had no package lists yet knows more names now

# The packages of Boost 1.74 and 1.81 cannot be installed together; removing one is the user's decision.
if [[ " ${missing[*]} " == *" libboost1.81-dev "* ]] && installed libboost1.74-dev; then
  fail "libboost1.74-dev is installed and excludes libboost1.81-dev, which is needed: remove it first"
fi

"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-remove --no-install-recommends "${missing[@]}"
find_missing
((${#missing[@]} == 0)) || fail "still missing: ${missing[*]}"
