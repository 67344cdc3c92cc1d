#!/usr/bin/env bash
# Shows modelstore's main job from a bare machine: installs what is missing, builds, imports a legacy store,
# migrates what that store had never hashed, on the command line and over HTTP, and leaves a server running.
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
  --no-serve           end after the reports, and the server with it
  --no-install         do not install packages

The catalogue to import is only read; it is not changed by a byte. The exit code is 0 if the demo ran to its
end or Ctrl-C stopped the server, although single models may have failed: the reports say which and why.
END
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$root/data/demo
legacy_db=
legacy_images=
maps=()
install=yes
serve=yes

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
    --no-serve) serve=no && shift ;;
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
  cmake --build "$root/build" --target modelstore_cli modelstore_sample_store modelstore_server
}

server=
server_log=

# Starts the server beside the command line: both may use the store at once.
start_server() {
  local arguments=(--data "$data" --www "$root/examples/http_server/www") rule folder port line
  for folder in "$(dirname "$legacy_db")" "$legacy_images"; do
    [[ ! -d $folder ]] || arguments+=(--legacy "$folder")
  done
  for rule in "${maps[@]}"; do
    [[ $rule != *=* || ! -d ${rule#*=} ]] || arguments+=(--models "${rule#*=}")
  done
  server_log=$(mktemp)
  trap stop_server EXIT
  trap 'exit 0' INT TERM
  for port in 8789 0; do
    "$root/build/bin/modelstore_server" "${arguments[@]}" --listen "127.0.0.1:$port" >"$server_log" 2>&1 &
    server=$!
    while kill -0 "$server" 2>/dev/null; do
      line=$(grep -m 1 '^listening on ' "$server_log") && break
      sleep 0.1
    done
    [[ -z $line ]] || break
  done
  if [[ -z $line ]]; then
    cat "$server_log" >&2
    exit 1
  fi
  page=${line#listening on }
  address=${page%%/\?*}
  token=${page##*token=}
}

stop_server() {
  trap - EXIT
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -f "$server_log"
}

# Prints a request as it could be typed, without the token, sends it, and shows a part of the answer.
request() {
  local method=$1 path=$2 body=$3 filter=$4 arguments=(-H "Authorization: Bearer $token")
  if [[ -n $body ]]; then
    arguments+=(-H "Content-Type: application/json" -d "$body")
    ((${#body} < 160)) || body="${body:0:150}…"
    printf "%s$ curl -X %s '%s' -d '%s'%s\n" "$dim" "$method" "$address$path" "$body" "$plain"
  else
    printf "%s$ curl '%s'%s\n" "$dim" "$address$path" "$plain"
  fi
  curl -sS -X "$method" "${arguments[@]}" "$address$path" | jq "$filter"
}

# The rules FROM=TO as the interface takes them, and nothing of what the server would refuse.
path_map() {
  local rule
  for rule in "${maps[@]}"; do
    [[ $rule != *=* ]] || jq -n --arg from "${rule%%=*}" --arg to "${rule#*=}" '{$from, $to}'
  done | jq -sc .
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
  "$root/cmake/install_dependencies.sh" --demo
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

start_server

heading "Stage 1 over HTTP: the same import again, which finds nothing new"
import=$(jq -nc --arg db "$(realpath "$legacy_db")" --argjson map "$(path_map)" '{legacy_db_path: $db, path_map: $map}')
if [[ -d $legacy_images ]]; then
  import=$(jq -c --arg dir "$(realpath "$legacy_images")" '. + {legacy_images_dir: $dir}' <<<"$import")
fi
request POST /api/migration/migrate_legacy_db "$import" 'if .report then {status, db_migration,
  report: (.report | {models_read, active, pending, merged, unchanged, skipped})} else . end'

heading "Stage 2 over HTTP: five of the pending records"
ids=$(curl -sS "$address/api/migration/pending_models?limit=5" | jq -c '[.models[].id]')
request POST /api/migration/import_models "{\"id\": $ids, \"conflict_strategy\": \"merge\"}" \
  '{total, success, conflict, failed}'

heading "Stage 2: migrate. The pending records' files are hashed, and each becomes a model"
modelstore 2 migrate --data "$data" --all --policy merge
[[ $sample == no ]] || note "The record that failed has no file, on purpose: it stays pending with its tags, text and picture."

heading "The store now"
modelstore 0 list --data "$data" --sort name --limit 12
modelstore 0 stats --data "$data"
modelstore 0 verify --data "$data"
request GET "/api/models?sort=size&order=desc&limit=3" "" '.models[] | {name, type, size_bytes, images_count}'

heading "Done"
echo "The store is in $data. What next:"
echo "  build/bin/modelstore --help"
[[ $serve == yes ]] || exit 0
echo "  $page"
note "The server runs until Ctrl-C."
wait "$server"
