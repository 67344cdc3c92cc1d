#!/usr/bin/env bash
# Installs modelstore to a folder of its own and uses it from outside, in every way that the README names.
#
# usage: test_package.sh static SOURCES BUILD
#        test_package.sh shared SOURCES BUILD
#
# static: the package that BUILD installs.
# shared: the sources as a subdirectory of another project, with BUILD_SHARED_LIBS, and then the package that
#         this installs. What is compiled for it is kept below BUILD.
set -euo pipefail

kind=$1
sources=$(realpath "$2")
build=$(realpath "$3")
consumer=$sources/tests/consumer

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

step() {
  echo "-- $*"
}

# What is expected to fail must fail for its own reason: `refused TEXT COMMAND...`
refused() {
  local text=$1
  shift
  if "$@" >"$scratch/output" 2>&1; then
    cat "$scratch/output"
    fail "should have been refused: $*"
  fi
  grep -q -- "$text" "$scratch/output" || { cat "$scratch/output"; fail "refused without the words: $text"; }
}

configure_consumer() {
  cmake -S "$consumer" -G Ninja -DCMAKE_BUILD_TYPE=Release "$@"
}

if [[ $kind == shared ]]; then
  step "as a subdirectory of another project, shared"
  outer=$build/package_shared
  launcher=$(command -v ccache || true)
  configure_consumer -B "$outer" -DCONSUMER_SOURCES="$sources" -DBUILD_SHARED_LIBS=ON -DMODELSTORE_INSTALL=ON -DMODELSTORE_BUILD_CAPI=ON \
    -DMODELSTORE_WERROR=ON -DCMAKE_C_COMPILER_LAUNCHER="$launcher" -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher"
  cmake --build "$outer"
  "$outer/consumer" "$scratch/work_outer"
  build=$outer
fi

step "install, with a prefix and a staging folder"
DESTDIR=$scratch/stage cmake --install "$build" --prefix /opt/modelstore
prefix=$scratch/stage/opt/modelstore
library_dir=$(dirname "$(find "$prefix" -name 'libmodelstore.*' | head -1)")

step "all public headers are there, and nothing else"
diff <(cd "$sources/include" && find . -type f | sort) \
  <(cd "$prefix/include" && find . -type f ! -name modelstore.h | sort)

step "no file says where it was made"
for place in "$sources" "$build" "$scratch"; do
  ! grep -rlF --include='*.cmake' --include='*.pc' --include='*.hpp' "$place" "$prefix" || fail "names $place"
done

step "find_package"
export CMAKE_PREFIX_PATH=$prefix
configure_consumer -B "$scratch/found"
cmake --build "$scratch/found"
"$scratch/found/consumer" "$scratch/work_found"

step "the decoder program"
"$scratch/found/consumer" "$scratch/work_isolated" "$(find "$prefix" -path '*/libexec/modelstore-decode')"

step "the C interface alone: no C++ compiler, and none of the libraries behind the core"
DESTDIR=$scratch/c_stage cmake --install "$build" --prefix /opt/modelstore --component capi
c_prefix=$scratch/c_stage/opt/modelstore
c_library_dir=$(dirname "$(find "$c_prefix" -name libmodelstore_c.so)")
[[ ! -e $c_prefix/include/modelstore && -f $c_prefix/include/modelstore.h ]] || fail "other headers than that of C"
! grep -rlF --include='*.cmake' --include='*.pc' --include='*.h' "$scratch" "$c_prefix" || fail "names $scratch"
CMAKE_PREFIX_PATH=$c_prefix PKG_CONFIG_LIBDIR=$scratch CXX=/nonexistent cmake -S "$consumer/c" -G Ninja -B "$scratch/c_found"
cmake --build "$scratch/c_found"
"$scratch/c_found/consumer" "$scratch/work_c"
refused 'modelstore' env CMAKE_PREFIX_PATH="$c_prefix" cmake -S "$consumer" -G Ninja -B "$scratch/c_only"

step "the C interface with pkg-config"
# shellcheck disable=SC2046 # flags are words
PKG_CONFIG_LIBDIR=$c_library_dir/pkgconfig bash -c \
  'cc -std=c11 "$1" -o "$2" $(pkg-config --cflags --libs modelstore_c)' - "$consumer/c/main.c" "$scratch/consumer_c"
LD_LIBRARY_PATH=$c_library_dir "$scratch/consumer_c" "$scratch/work_c_alone"
needed=$(readelf --dynamic "$scratch/consumer_c" | grep NEEDED)
grep -q 'libmodelstore_c\.so\.1\]' <<<"$needed" || fail "not linked to the C interface: $needed"
! grep 'stdc++\|vips\|sqlite\|libmodelstore\.so' <<<"$needed" || fail "the program is linked to what is behind the library"

step "both interfaces from one package, the C one asked for"
CMAKE_PREFIX_PATH=$prefix PKG_CONFIG_LIBDIR=$scratch cmake -S "$consumer/c" -G Ninja -B "$scratch/both"
cmake --build "$scratch/both"
"$scratch/both/consumer" "$scratch/work_both"

step "find_package asks for another major version"
refused 'not compatible\|not accepted\|compatible with requested version' configure_consumer -B "$scratch/newer" -DCONSUMER_WANTS=2.0

step "pkg-config"
export PKG_CONFIG_PATH=$library_dir/pkgconfig
static=()
[[ $kind == shared ]] || static=(--static)
[[ $(pkg-config --modversion modelstore) == $("$scratch/found/consumer" "$scratch/work_version" | cut -d' ' -f2) ]] || fail "versions differ"
# shellcheck disable=SC2046 # flags are words
c++ -std=c++20 "$consumer/main.cpp" -o "$scratch/consumer" $(pkg-config --cflags --libs "${static[@]}" modelstore)
LD_LIBRARY_PATH=$library_dir "$scratch/consumer" "$scratch/work_alone"

if [[ $kind == shared ]]; then
  step "a program that uses the shared library needs nothing else"
  PKG_CONFIG_PATH='' PKG_CONFIG_LIBDIR=$scratch configure_consumer -B "$scratch/alone"
  needed=$(readelf --dynamic "$scratch/consumer" | grep NEEDED)
  grep -q 'libmodelstore\.so\.1\]' <<<"$needed" || fail "not linked to the shared library: $needed"
  ! grep 'vips\|sqlite\|crypto\|boost' <<<"$needed" || fail "the program is linked to what is behind the library"
else
  step "a static package says what is missing behind it"
  refused 'modelstore needs sqlite3' env PKG_CONFIG_LIBDIR="$scratch" cmake -S "$consumer" -G Ninja -B "$scratch/alone"
fi

step "a package without its library is not found"
find "$prefix" -name 'libmodelstore.*' -delete
refused 'libmodelstore' configure_consumer -B "$scratch/broken"

step "a package without one of its headers does not build"
rm "$prefix/include/modelstore/sha256.hpp"
refused 'sha256.hpp' c++ -std=c++20 -fsyntax-only -I"$prefix/include" "$consumer/main.cpp"
