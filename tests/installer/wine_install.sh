# Sourced by the tests of the MSI: msiexec, what it leaves, and the product as it is installed. Needs wine_prefix.sh.
# shellcheck shell=bash disable=SC2154  # windows_bin comes from wine_prefix.sh

program_files='' installed=''  # Unix paths, known once there is a prefix

failures=0
begin() { printf '%s\n' "$1"; }
expect() {
  local what=$1
  shift
  if ! "$@"; then
    printf '    FAILED: %s\n' "$what"
    failures=$((failures + 1))
  fi
}
contains() { [[ $2 == *"$1"* ]]; }
equals() { [[ $1 == "$2" ]]; }
absent() { [[ ! -e $1 ]]; }

installer_prefix_begin() {
  wine_prefix_begin "$1"
  program_files="$WINEPREFIX/drive_c/Program Files"
  installed="$program_files/MAPI Profile Broker"
  # Under Wine only what runs in a command interpreter sees msiexec's whole exit code; Unix gets its last byte.
  printf 'msiexec %%*\r\necho MSIRC=%%ERRORLEVEL%%\r\n' >"$WINEPREFIX/drive_c/rc.bat"
}

# msi ARGUMENTS...: what msiexec returns. Output of what it runs goes to a file.
msi() {
  wine cmd.exe /c 'C:\rc.bat' "$@" >"$WINEPREFIX/msiexec" 2>&1 </dev/null || true
  tr -d '\r' <"$WINEPREFIX/msiexec" | sed -n 's/^MSIRC=//p'
}
install() { msi /i "$(windows_path "$1")" /qn "${@:2}"; }
remove() { msi /x "$(windows_path "$1")" /qn; }

registry() { wine reg.exe query "$@" 2>/dev/null | tr -d '\r'; }
registry_value() { registry "$1" /v "$2" | sed -n "s/^ *$2 *REG_[A-Z_]* *//p"; }
service_path() { registry_value 'HKLM\SYSTEM\CurrentControlSet\Services\MapiProfileBroker' ImagePath; }
installed_version() { registry_value 'HKLM\SOFTWARE\MAPI Profile Broker\Installation' Version; }
system_path() { registry_value 'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment' PATH; }
# How often "Apps and features" lists the product.
listed() { registry 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall' /s | grep -c 'DisplayName .*MAPI Profile Broker' || true; }
tool() { wine "$installed/profile-broker.exe" "$@" 2>&1 | tr -d '\r'; }
running_version() { tool status | sed -n 's/^Service .* //p'; }

# exported KEY: into C:\registry.txt. It looks at what was done and does nothing itself, so it is tried again when Wine does not
# begin the program, which it does now and then without a word.
exported() {
  local code=0
  rm -f "$WINEPREFIX/drive_c/registry.txt"
  for _ in 1 2 3; do
    wine reg.exe export "$1" 'C:\registry.txt' /y >"$WINEPREFIX/export" 2>&1 && return
    code=$?
    printf '    reg.exe export %s ended with %s: %s\n' "$1" "$code" "$(tr -d '\r' <"$WINEPREFIX/export")" >&2
  done
  return "$code"
}

# The names of all files, PATH, and the registry's values of programs and services. Keys without values are left out
# (Windows Installer makes some for itself and keeps them), and so are semicolons at the end of PATH: those Wine leaves.
machine_now() {
  local key
  (cd "$WINEPREFIX/drive_c" && find . -print | grep -vE '^\./(windows/(temp|Installer)|users/[^/]*/(Temp|AppData)|rc\.bat$|registry\.txt$)' |
    LC_ALL=C sort)
  system_path | sed 's/;*$//'
  for key in 'HKLM\SOFTWARE' 'HKLM\SYSTEM\CurrentControlSet\Services'; do
    exported "$key"
    iconv -f UTF-16 -t UTF-8 "$WINEPREFIX/drive_c/registry.txt" | tr -d '\r' |
      awk '/^\[/ { key = $0; next } /^$/ { next } key != "" { print key; key = "" } { print }'
  done
}

# facts_of FILE: version resource and manifest, as Windows reads them.
facts_of() { wine "$windows_bin/file_facts.exe" "$(windows_path "$installed/$1")" | tr -d '\r'; }
file_facts_are_right() {
  local version right=true
  version=$(installed_version).0
  has() { equals "$(facts_of "$1")" "$2" || { printf '    %s: %s\n' "$1" "$(facts_of "$1")"; right=false; }; }
  has mapi-profile-broker.exe "version $version asInvoker supportedOS longPathAware UTF-8</activeCodePage"
  has profile-broker.exe "version $version asInvoker supportedOS longPathAware"
  has profile_broker.dll "version $version asInvoker"
  has mapi_profile_broker.dll "version $version asInvoker"
  has x86/mapi_profile_broker.dll "version $version asInvoker"
  has x86/profile_broker.dll "version $version asInvoker"
  has mapi-profile-broker-events.dll "version $version asInvoker"
  has mapi_profile_broker_events.dll "version $version asInvoker"
  equals "$(wine "$installed/mapi-profile-broker.exe" --version | tr -d '\r')" "mapi-profile-broker ${version%.0}" || right=false
  contains "${version%.0}" "$(tool --version)" || right=false
  $right
}

# healthy WARNINGS: doctor finds no problem and that many warnings, each with what to do.
healthy() {
  local found code=0
  found=$(tool doctor)
  wine "$installed/profile-broker.exe" doctor --json >"$WINEPREFIX/doctor" 2>&1 || code=$?
  if ! contains "0 problems, $1 warning" "$found" || ! equals "$code" 0 ||
    grep -A 2 -E '"verdict": "warning"' "$WINEPREFIX/doctor" | grep -q '"advice": ""'; then
    printf '%s\n' "$found"
    return 1
  fi
}

finish() {
  ((failures == 0)) || { echo "$failures expectations failed"; exit 1; }
  echo "All as expected"
}
