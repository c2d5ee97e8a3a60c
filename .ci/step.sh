# shellcheck shell=bash
# Progress for long steps. Sourced by ./dev.

fail() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

elapsed() { printf '%d:%02d' $(((SECONDS - $1) / 60)) $(((SECONDS - $1) % 60)); }

# The last "[12/80]" of ninja or "12/80 Test" of ctest in a log, if any.
counter() { tail -c 4000 "$1" 2>/dev/null | grep -aoE '^\[[0-9]+/[0-9]+\]|^ *[0-9]+/[0-9]+ Test' | tail -n 1 | tr -d '[] Test'; }

# Reports on a log until it is killed: on a terminal each second in place, elsewhere a line each half minute.
# (A sleep outlives its killed parent: it must not keep a pipe open on which somebody waits for our end.)
report_progress() {
  local what=$1 log=$2 start=$3 last=$3
  sleep "${STEP_PATIENCE:-0}" >/dev/null 2>&1
  while kill -0 "$$" 2>/dev/null; do
    if [[ -t 2 ]]; then
      printf '\r\033[K• %s … %s %s' "$what" "$(elapsed "$start")" "$(counter "$log")" >&2
      sleep 1 >/dev/null 2>&1
    else
      if ((SECONDS - last >= 30)); then
        printf '  %s … %s %s\n' "$what" "$(elapsed "$start")" "$(counter "$log")" >&2
        last=$SECONDS
      fi
      sleep 2 >/dev/null 2>&1
    fi
  done
}

# step NAME WHAT COMMAND…: runs the command with its output in build/log/NAME.log, says what is happening and how long it took
# (all on standard error). When the command fails, shows the end of the log and returns its exit code.
# STEP_PATIENCE=SECONDS says nothing about steps shorter than that; STEP_TAIL=LINES changes how much of the log is shown.
step() {
  local what=$2 log=build/log/$1.log start=$SECONDS code=0 reporter
  shift 2
  mkdir -p build/log
  : >"$log"
  ((${STEP_PATIENCE:-0})) || [[ -t 2 ]] || printf '• %s …\n' "$what" >&2
  report_progress "$what" "$log" "$start" &
  reporter=$!
  "$@" >"$log" 2>&1 </dev/null || code=$?
  kill "$reporter" 2>/dev/null || true
  wait "$reporter" 2>/dev/null || true
  [[ -t 2 ]] && printf '\r\033[K' >&2
  if ((code)); then
    printf '✗ %s failed after %s (exit code %d). The end of %s:\n' "$what" "$(elapsed "$start")" "$code" "$log" >&2
    tail -n "${STEP_TAIL:-60}" "$log" | sed 's/^/    /' >&2
  elif ((SECONDS - start >= ${STEP_PATIENCE:-0})); then
    printf '✓ %s (%s)\n' "$what" "$(elapsed "$start")" >&2
  fi
  return "$code"
}
