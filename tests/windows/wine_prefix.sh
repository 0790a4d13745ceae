# Sourced by the scripts that run Windows programs under Wine. Each run gets a Wine prefix of its own below build/wine, so
# runs side by side share nothing: own registry, own wineserver, own service control manager. A prefix takes 9 s to make;
# a template is made once and copied by hard links, which takes no time and no space (Wine replaces the registry files
# instead of writing into them; the copies of those are real ones all the same).
#
# It offers wine_prefix_begin and wine_prefix_end, wait_until, the stand-in provider's registration, and the service's
# life through the real sc.exe. The caller's trap must call wine_prefix_end.
# shellcheck shell=bash disable=SC2030,SC2031  # the template is made in a subshell with a WINEPREFIX of its own

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
wine_home=$root/build/wine
windows_bin=${PROFILE_BROKER_WINDOWS_BIN:-$root/build/windows/bin}
service_name=MapiProfileBroker

# mscoree, mshtml: no offers to download .NET and a browser; winemenubuilder: nothing is written to the desktop.
export WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="
unset DISPLAY

# wait_until SECONDS WHAT COMMAND...: until the command succeeds; says what it waited for in vain.
wait_until() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if ((SECONDS >= deadline)); then
      echo "waited in vain: $what" >&2
      return 1
    fi
    sleep 0.05
  done
}

# The Windows spelling of a Unix path: Wine shows the whole file system as drive Z:.
windows_path() { printf 'Z:%s' "${1//\//\\}"; }

# The server's socket, which Wine would leave behind in /tmp, goes with the prefix.
use_prefix() {
  export WINEPREFIX=$1 TMPDIR=$1/tmp
  mkdir -p "$TMPDIR"
}

# Makes the template unless it is there and of this Wine's version. Windows 10 is what the tests expect.
wine_template() {
  local template=$wine_home/template version
  version=$(wine --version)
  mkdir -p "$wine_home"
  (
    flock 9
    [[ -f $template/.made-by && $(<"$template/.made-by") == "$version" ]] && exit 0
    rm -rf "$template" "$template.new"
    use_prefix "$template.new"
    wineserver -p
    { wineboot --init && wine winecfg -v win10; } >"$wine_home/template.log" 2>&1 ||
      { echo "making the Wine prefix failed: $wine_home/template.log" >&2; exit 1; }
    wineserver -k || true
    wineserver -w
    rm -rf "$template.new/tmp" "$template.new/wineserver"
    echo "$version" >"$template.new/.made-by"
    mv "$template.new" "$template"
  ) 9>"$wine_home/template.lock"
}

# wine_prefix_begin NAME: exports WINEPREFIX, a fresh prefix, with its wineserver running until wine_prefix_end.
wine_prefix_begin() {
  wine_template
  local file
  rm -rf "${wine_home:?}/$1-$$"
  cp -al "$wine_home/template" "$wine_home/$1-$$"
  use_prefix "$wine_home/$1-$$"
  for file in "$WINEPREFIX"/*.reg; do
    cp --remove-destination "$wine_home/template/${file##*/}" "$file"
  done
  wineserver -p
}

wine_prefix_end() {
  [[ -n ${WINEPREFIX:-} && -d $WINEPREFIX ]] || return 0
  wineserver -k || true
  wineserver -w || true
  rm -rf "$WINEPREFIX"
  unset WINEPREFIX TMPDIR
}

# insist COMMAND...: what is needed before a test begins and may be asked for twice. Wine's own programs fail now and then
# when several prefixes start side by side, and sc.exe says nothing at all then.
insist() {
  local attempt result
  for attempt in 1 2 3; do
    result=0
    "$@" || result=$?
    ((result != 0)) || return 0
    echo "attempt $attempt ended with $result: $*" >&2
  done
  return 1
}

# The provider that mapi32.dll loads: the default client of HKLM\Software\Clients\Mail.
register_mapi_provider() {
  local client='HKLM\Software\Clients\Mail' dll value
  dll=$(windows_path "$1")
  insist wine reg.exe add "$client" /ve /d 'Stand-in MAPI' /f >/dev/null
  for value in DLLPath DLLPathEx; do
    insist wine reg.exe add "$client\\Stand-in MAPI" /v "$value" /d "$dll" /f >/dev/null
  done
}

# install_service ARGUMENTS...: the quotes belong to the path, since it may have spaces; arguments follow it.
install_service() {
  local state program
  state=$(windows_path "$WINEPREFIX/drive_c/ProgramData/MAPI Profile Broker/State")
  program=$(windows_path "$windows_bin/mapi-profile-broker.exe")
  mkdir -p "$WINEPREFIX/drive_c/ProgramData/MAPI Profile Broker/State"
  insist create_service "\"$program\" --state \"$state\"${*:+ $*}"
}
create_service() {
  wine sc.exe create "$service_name" binPath= "$1" obj= LocalSystem start= demand DisplayName= "MAPI Profile Broker" ||
    wine sc.exe query "$service_name" >/dev/null  # it was made all the same
}

service_state() { wine sc.exe query "$service_name" | sed -n 's/^ *STATE *: *[0-9]* *\([A-Z_]*\).*/\1/p'; }
service_is() { [[ $(service_state) == "$1" ]]; }
service_answers() { wine "$windows_bin/profile-broker.exe" status >/dev/null 2>&1; }

start_service() {
  if ! insist begin_service; then
    echo "sc.exe start $service_name failed; its program is $windows_bin/mapi-profile-broker.exe" >&2
    return 1
  fi
  wait_until 20 "the service to answer" service_answers
}

begin_service() { wine sc.exe start "$service_name" >/dev/null || [[ $(service_state) =~ ^(START_PENDING|RUNNING)$ ]]; }

stop_service() {
  wine sc.exe stop "$service_name" >/dev/null
  wait_until 20 "the service to stop" service_is STOPPED
  wait_until 20 "the service's process to end" no_process mapi-profile-broker.exe
}

# unix_processes PROGRAM: the Unix process ids of a Windows program in this prefix, and of no other prefix.
unix_processes() {
  local process
  for process in /proc/[0-9]*; do
    if grep -qsaF "$1" "$process/cmdline" &&
      grep -qsazxF "WINEPREFIX=$WINEPREFIX" "$process/environ"; then
      echo "${process#/proc/}"
    fi
  done
}
no_process() { [[ -z $(unix_processes "$1") ]]; }

# kill_service: as a crash would end it, no code of the service runs any more.
kill_service() {
  local process
  for process in $(unix_processes mapi-profile-broker.exe); do
    kill -9 "$process" 2>/dev/null || true  # it may have ended meanwhile
  done
  wait_until 20 "the service's process to end" no_process mapi-profile-broker.exe
}
