#!/usr/bin/env bash
# Shows modelstore's main job from a bare machine: installs what is missing, builds, imports a legacy store,
# and migrates what that store had never hashed.
set -euo pipefail

usage() {
  cat <<'END'
usage: examples/demo.sh [--legacy-db FILE [--legacy-images DIR]] [--map FROM=TO]...
                        [--data DIR] [--no-serve] [--no-install]

  --legacy-db FILE     the catalogue to import (hikaze_mm.sqlite3). Without it the demo makes a sample
                       in data/sample: 60 models with files, pictures, and defects put there on purpose
  --legacy-images DIR  the pictures of that catalogue; default: the folder images beside it, if it exists
  --map FROM=TO        paths of the catalogue that begin with FROM begin with TO on this machine
  --data DIR           the store that is written; default: data/demo. One that exists is continued: what
                       was imported before is reported as unchanged
  --no-serve           end after the reports
  --no-install         do not install packages

The catalogue to import is only read; it is not changed by a byte. The exit code is 0 if the demo ran to its
end, although single models may have failed: the reports say which and why.
END
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$root/data/demo
legacy_db=
legacy_images=
maps=()
install=yes

wrong_usage() {
  echo "demo: $1" >&2
  usage >&2
  exit 2
}

while (($# > 0)); do
  case $1 in
    --legacy-db | --legacy-images | --map | --data)
      [[ $# -ge 2 && -n $2 ]] || wrong_usage "$1 needs a value"
      case $1 in
        --legacy-db) legacy_db=$2 ;;
        --legacy-images) legacy_images=$2 ;;
        --map) maps+=(--map "$2") ;;
        --data) data=$2 ;;
      esac
      shift 2
      ;;
    --no-serve) shift ;;
    --no-install) install=no && shift ;;
    -h | --help) usage && exit 0 ;;
    *) wrong_usage "unknown argument: $1" ;;
  esac
done
if [[ -z $legacy_db && (-n $legacy_images || ${#maps[@]} -gt 0) ]]; then
  wrong_usage "--legacy-images and --map belong to --legacy-db"
fi
[[ -z $legacy_db || -f $legacy_db ]] || wrong_usage "no such file: $legacy_db"
[[ -z $legacy_images || -d $legacy_images ]] || wrong_usage "no such folder: $legacy_images"

bold='' dim='' plain=''
if [[ -t 1 && ${TERM:-dumb} != dumb && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

heading() {
  printf '\n%s== %s%s\n' "$bold" "$1" "$plain"
}

note() {
  printf '%s%s%s\n' "$dim" "$1" "$plain"
}

# Prints a command as it could be typed, and runs it. Only what ends with a higher code than `allowed` ends
# the demo.
modelstore() {
  local allowed=$1 code=0 argument line='$ build/bin/modelstore'
  shift
  for argument in "$@"; do
    [[ $argument =~ ^[A-Za-z0-9_./:=,+@%-]+$ ]] || argument="'${argument//\'/\'\\\'\'}'"
    line+=" $argument"
  done
  printf '%s%s%s\n' "$dim" "$line" "$plain"
  "$root/build/bin/modelstore" "$@" || code=$?
  if ((code > allowed)); then
    echo "demo: modelstore $1 ended with $code" >&2
    exit "$code"
  fi
  if ((code > 0)); then
    note "(exit code $code: items failed; they are listed above, and everything else went on)"
  fi
}

build() {
  if [[ -f $root/build/CMakeCache.txt ]]; then
    cmake -S "$root" -B "$root/build" >/dev/null
  else
    # Tests need further packages, and a newer compiler's warning should not stop anyone here.
    cmake -S "$root" --preset release -DMODELSTORE_BUILD_TESTS=OFF -DMODELSTORE_WERROR=OFF >/dev/null
  fi
  cmake --build "$root/build" --target modelstore_cli modelstore_sample_store
}

# The sample holds absolute paths, so it is made again if the source tree has moved or a run was interrupted.
make_sample() {
  local sample=$root/data/sample
  if [[ "$(cat "$sample/complete" 2>/dev/null)" == "$sample" ]]; then
    note "The sample in $sample is there already."
  else
    rm -rf "$sample/legacy" "$sample/models" "$sample/complete"
    mkdir -p "$sample"
    "$root/build/bin/modelstore_sample_store" "$sample"
    printf '%s\n' "$sample" >"$sample/complete"
  fi
  legacy_db=$sample/legacy/hikaze_mm.sqlite3
  legacy_images=$sample/legacy/images
  maps=(--map "D:\\ComfyUI\\models=$sample/models")
}

if [[ $install == yes ]]; then
  heading "Packages"
  "$root/cmake/install_dependencies.sh"
  note "Everything that is needed is installed."
fi

heading "Build"
build

heading "Legacy store"
sample=no
if [[ -z $legacy_db ]]; then
  sample=yes
  make_sample
else
  echo "$legacy_db"
fi
[[ -n $legacy_images ]] || legacy_images=$(dirname "$legacy_db")/images
pictures=()
[[ ! -d $legacy_images ]] || pictures=(--legacy-images "$legacy_images")
mkdir -p "$(dirname "$data")"
[[ ! -e $data/modelstore.db ]] || note "The store in $data exists and is continued."

heading "Stage 1: import. Hashed models become active, the others wait as pending records"
modelstore 1 import --data "$data" --legacy-db "$legacy_db" "${pictures[@]}" "${maps[@]}"
[[ $sample == no ]] || note "Rows and pictures that failed are the sample's defects, listed where it was made."

heading "Stage 2: migrate. The pending records' files are hashed, and each becomes a model"
modelstore 2 migrate --data "$data" --all --policy merge
[[ $sample == no ]] || note "The record that failed has no file, on purpose: it stays pending with its tags, text and picture."

heading "The store now"
modelstore 0 list --data "$data" --sort name --limit 12
modelstore 0 stats --data "$data"
modelstore 0 verify --data "$data"

heading "Done"
echo "The store is in $data. What next:"
echo "  build/bin/modelstore --help"
