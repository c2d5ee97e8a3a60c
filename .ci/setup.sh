# shellcheck shell=bash
# What has to be installed, and how. Sourced by ./dev.

# shellcheck source=/dev/null
os_release() { (. /etc/os-release 2>/dev/null && printf '%s' "${!1:-}"); }

# The packages that a purpose needs, on this system.
packages_for() {
  local npm=npm
  if command -v npm >/dev/null; then npm=; fi # whoever's it is: another one's nodejs excludes Debian's npm
  local build=(g++ cmake ninja-build pkgconf ccache mold odb libsqlite3-dev libpq-dev libmariadb-dev libpoco-dev libicu-dev libssl-dev libcrypt-dev libzxcvbn-dev libcli11-dev
    libprotobuf-dev libabsl-dev libhowardhinnant-date-dev tzdata)
  local boost=libboost1.83 # Debian 13, Ubuntu 24.04
  if [[ $(os_release VERSION_CODENAME) == bookworm ]]; then
    boost=libboost1.81
    build+=(libphonenumber8) # its headers, and ODB's run time, are unpacked by .ci/deps
  else
    build+=(libphonenumber-dev libodb-dev libodb-sqlite-dev libodb-pgsql-dev libodb-mysql-dev)
  fi
  build+=("$boost-dev" "${boost/boost/boost-json}-dev" "${boost/boost/boost-filesystem}-dev" "${boost/boost/boost-container}-dev")
  # the servers that tests start (Galera and rsync come with MariaDB's)
  local servers=(postgresql mariadb-server redis-server kannel)
  case $1 in
    demo) printf '%s\n' "${build[@]}" ;;
    test) printf '%s\n' "${build[@]}" "${servers[@]}" catch2 python3 python3-jwt python3-cryptography python3-aiosmtpd python3-jsonschema $npm curl jq openssl systemd ;;
    format) echo clang-format ;;
    lint) printf '%s\n' "${build[@]}" "${servers[@]}" catch2 python3 python3-jwt python3-cryptography python3-aiosmtpd python3-jsonschema curl jq openssl clang-format clang-tidy ;;
    docs) printf '%s\n' "${build[@]}" doxygen ;;
    # the web frameworks that ./dev bench --http measures
    contenders) printf '%s\n' "${build[@]}" wrk gunicorn python3-flask python3-sqlalchemy python3-djangorestframework python3-bcrypt python3-jwt $npm ;;
    *) fail "nothing is known about setting up for '$1'; there are demo, test, format, lint, docs and contenders" ;;
  esac
}

missing_packages() {
  local wanted
  wanted=$(packages_for "$1")
  # shellcheck disable=SC2016,SC2086  # dpkg-query's own fields; one word a package
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | awk '$1 == "installed" { print $2 }' |
    grep -vxFf - <(printf '%s\n' "$wanted") || true
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

# Runs a command while no package may start the service that it brings (Debian's own means for that): tests start servers of
# their own. A machine's own policy stays.
without_services() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\n# made by ./dev setup of clinic, for as long as apt-get runs\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  "$@"
)

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }

install_packages() {
  local fresh=false
  # --no-remove: on a machine with other packages that exclude ours, stop and say so, rather than take them away.
  if ! apt-get install --simulate --no-install-recommends --no-remove "$@"; then
    apt_get update
    fresh=true
  fi
  apt_get install --no-install-recommends --no-remove "$@" && return
  if $fresh; then return 1; fi
  # the lists were too old for the mirror
  apt_get update
  apt_get install --no-install-recommends --no-remove "$@"
}

# The gcc that Debian's ODB compiler was built for and calls by name, without depending on its package (Debian 13: g++-13).
compiler_of_odb() { grep -aoEm1 'g\+\+-[0-9]+' "$(command -v odb)" || true; }

# install LABEL PACKAGE…
install() {
  local label=$1 what
  shift
  what="$# packages"
  if (($# <= 3)); then what=$*; fi
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "as root, please: apt-get install --no-install-recommends $*"
    sudo -v || fail "sudo did not let us install: $*"
  fi
  step "setup-$label" "Installing $what" without_services install_packages "$@"
}

# npm_folder FROM TO [NPM ARGUMENTS…]: what FROM's package-lock.json names, installed into TO.
npm_folder() {
  local from=$1 to=$2
  shift 2
  mkdir -p "$to"
  cp "$from"/{package.json,package-lock.json,.npmrc} "$to/"
  (cd "$to" && npm ci --no-audit --no-fund "$@") && cp "$from/package-lock.json" "$to/.complete"
}

# npm_folder_complete FROM TO
npm_folder_complete() { cmp -s "$1/package-lock.json" "$2/.complete"; }

# setup PURPOSE: installs and unpacks what is missing; says nothing, and takes no time, if nothing is.
setup() {
  if [[ ${CLINIC_SKIP_SETUP:-} == 1 ]]; then return; fi
  case $(os_release ID)-$(os_release VERSION_ID) in
    debian-12 | debian-13 | ubuntu-24.04) ;;
    *) fail "./dev sets up Debian 12, Debian 13 and Ubuntu 24.04, and this is $(os_release PRETTY_NAME). Install the packages of" \
      "docs/development.md in your system's way, then call ./dev with CLINIC_SKIP_SETUP=1." ;;
  esac
  local missing compiler
  mapfile -t missing < <(missing_packages "$1")
  if ((${#missing[@]})); then install "$1" "${missing[@]}"; fi
  if [[ $1 == format ]]; then return; fi
  compiler=$(compiler_of_odb)
  if [[ -n $compiler ]] && ! command -v "$compiler" >/dev/null; then install odb-compiler "$compiler"; fi
  if ! .ci/deps --check; then
    step deps "Unpacking ODB's run time and libphonenumber's headers into .deps" .ci/deps
  fi
  if [[ $1 == test ]] && ! npm_folder_complete tests/http/npm .deps/npm; then
    # Nothing of theirs runs while they are installed. The tests that need them fail and say so; the others need not wait for npm's
    # registry.
    step npm "Installing the programs from npm that judge the OpenAPI document" npm_folder tests/http/npm .deps/npm --ignore-scripts ||
      echo "dev: http_lint and http_prism will fail" >&2
  fi
  if [[ $1 == contenders ]] && ! npm_folder_complete tests/bench/http .deps/express; then
    # better-sqlite3 is compiled, against the headers that the system's node brings
    npm_config_nodedir=/usr npm_config_build_from_source=true step express "Installing Express and better-sqlite3" npm_folder tests/bench/http .deps/express
  fi
}
