#!/usr/bin/env bash
# The MSI, by the real msiexec in a fresh Wine prefix, silently, with nothing but the package: install, upgrade while a
# program holds a profile, repair, refused downgrade, removal without a trace, a start that fails. What Wine cannot show
# (elevation, policies, the old version's return after a failed upgrade) is in docs/windows-checklist.md.
#
#   installer_test.sh BUILD_X64 BUILD_X86
set -euo pipefail
x64=$1 x86=$2
[[ -e $x86/bin/profile_broker.dll ]] || { echo "NOT TESTED: no x86 library; ./dev build windows-x86 makes it"; exit 77; }
export PROFILE_BROKER_WINDOWS_BIN=$x64/bin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/support/progress.sh
source "$here/../support/progress.sh"
# shellcheck source=tests/windows/wine_prefix.sh
source "$here/../windows/wine_prefix.sh"
# shellcheck source=tests/windows/stage.sh
source "$here/../windows/stage.sh"
# shellcheck source=tests/installer/wine_install.sh
source "$here/wine_install.sh"

packages=$(mktemp -d)
end() { wine_prefix_end; rm -rf "$packages"; }
trap end EXIT
trap 'exit 130' INT TERM

# Another build of the programs, which one can tell apart by a word of its help.
other_build() {
  local file
  mkdir -p "$1"/{bin,lib}
  for file in bin/{mapi-profile-broker.exe,profile-broker.exe,mapi-profile-broker-events.dll,profile_broker.dll} \
    bin/{mapi_profile_broker.dll,mapi_profile_broker_events.dll} \
    lib/libprofile_broker.dll.a; do
    LC_ALL=C sed 's/Owns the table/OWNS the table/' "$x64/$file" >"$1/$file"
  done
}
package() { "$root/installer/package.sh" "$@" | tail -n 1; }
other_build_runs() { wine "$installed/mapi-profile-broker.exe" --help | grep -q 'OWNS the table'; }

begin "The packages: this version, another build of it, and a later version"
version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
later=$((${version%%.*} + 1)).0.0
other_build "$packages/other"
msi_of_version=$(package "$x64" "$x86" "$packages/this")
msi_of_other_build=$(package "$packages/other" "$x86" "$packages/again" "$version")
msi_of_later=$(package "$packages/other" "$x86" "$packages/later" "$later")

expect "README.md and docs/installation.md name the package of this version" \
  test "$(grep -ohE 'MapiProfileBroker-[0-9][0-9.]*-x64' "$root/README.md" "$root/docs/installation.md" | sort -u)" = "MapiProfileBroker-$version-x64"

installer_prefix_begin installer_test
register_mapi_provider "$windows_bin/standin_mapi.dll"
machine_now >"$packages/before"
profile=Gateway
in_use() { contains '"inUse": true' "$(tool query "$profile" --json | sed 's/"inUse":true/"inUse": true/')"; }
answers() { [[ -n $(running_version) ]]; }

begin "It installs silently, and the service runs"
expect "msiexec ends with 0" equals "$(install "$msi_of_version" ADDLOCAL=ALL)" 0
expect "the service answers with its version" equals "$(running_version)" "$version"
expect "its path is in quotes: $(service_path)" equals "$(service_path)" '"C:\Program Files\MAPI Profile Broker\mapi-profile-broker.exe"'
expect "the setup step said what Wine's service control manager does not know" contains 'service SID: not set' "$(<"$WINEPREFIX/msiexec")"
expect "the tool is on PATH" contains ';C:\Program Files\MAPI Profile Broker' "$(system_path)"
expect "Apps and features lists it once" equals "$(listed)" 1
for file in x86/profile_broker.dll profile_broker.dll x86/mapi_profile_broker.dll mapi_profile_broker.dll \
  mapi_profile_broker_events.dll mapi-profile-broker-events.dll LICENSE.txt third-party-notices.txt \
  docs/installation.md docs/samples/report_sender.cpp policy/MapiProfileBroker.admx policy/de-DE/MapiProfileBroker.adml \
  include/profile_broker/client.h lib/x64/profile_broker.lib lib/x86/libprofile_broker.dll.a State/journal.ndjson; do
  expect "there is $file" test -s "$installed/$file" -o "$file" = State/journal.ndjson
done
expect "the event source names the message file" equals \
  "$(registry_value 'HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\MapiProfileBroker' EventMessageFile)" \
  'C:\Program Files\MAPI Profile Broker\mapi-profile-broker-events.dll'
expect "every program and library has the version, and a manifest" file_facts_are_right

expect "doctor finds nothing wrong" healthy 0

wine reg.exe add 'HKLM\SOFTWARE\MAPI Profile Broker' /v ReferencesPerProcess /t REG_DWORD /d 77 /f >/dev/null

begin "A program holds a profile while another build and a later version are installed over it"
enter 'session 2' mapi_program_with_broker
tell 'session 2' initialize
tell 'session 2' "create $profile"
tell 'session 2' "logon $profile"
expect "the service knows it" in_use
expect "the other build ends with 0" equals "$(install "$msi_of_other_build")" 0
expect "and is what runs" other_build_runs
expect "Apps and features lists the product once" equals "$(listed)" 1
wait_until 20 "the service to answer" answers
expect "the profile is still in use" in_use
expect "the upgrade ends with 0" equals "$(install "$msi_of_later")" 0
wait_until 20 "the service to answer" answers
expect "the later version is installed" equals "$(installed_version)" "$later"
expect "Apps and features lists it once" equals "$(listed)" 1
expect "the administrator's settings are in force" contains '77 references a process' "$(tool status)"
expect "headers are still there, since they were chosen" test -e "$installed/include/profile_broker/client.h"
expect "the profile is still in use" in_use
enter 'session 3' mapi_program_with_broker
tell 'session 3' initialize
tell 'session 3' "delete $profile"
expect "its deletion by another session is deferred" answered 'deferred'
tell 'session 2' 'write Monday'
tell 'session 2' read
expect "and the holder goes on with it" answered Monday
tell 'session 2' logoff
expect "it is deleted when its holder logs off" negate registry_has Profiles "$profile"
leave 'session 3'
leave 'session 2'

begin "An older version does not replace a later one"
expect "msiexec ends with 1603" equals "$(install "$msi_of_version")" 1603
expect "the later version is installed still" equals "$(installed_version)" "$later"
expect "and runs" answers

begin "Repair brings back a deleted file and a changed registry value"
rm "$installed/profile_broker.dll" "$installed/docs/events.md"
wine reg.exe add 'HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\MapiProfileBroker' /v EventMessageFile \
  /t REG_EXPAND_SZ /d nonsense /f >/dev/null
# And of the versions: this later package has the programs of the other.
expect "doctor warns of both" healthy 3
expect "msiexec ends with 0" equals "$(install "$msi_of_later" REINSTALL=ALL REINSTALLMODE=amus)" 0
expect "the library is back" test -s "$installed/profile_broker.dll"
expect "the page is back" test -s "$installed/docs/events.md"
expect "the value is back" contains events.dll \
  "$(registry_value 'HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\MapiProfileBroker' EventMessageFile)"
wait_until 20 "the service to answer" answers

begin "Removal leaves nothing, settings of the administrator and routed programs included"
expect "a program is routed" contains 'GATEWAY.EXE is protected' "$(tool mapi enable GATEWAY.EXE)"
expect "as a 64-bit and as a 32-bit one" equals "$(tool mapi list | grep -c GATEWAY)" 2
expect "doctor finds nothing wrong with that" healthy 1
expect "and every other program" contains 'default mail client is protected' "$(tool mapi enable --default)"
expect "msiexec ends with 0" equals "$(remove "$msi_of_later")" 0
machine_now >"$packages/after"
expect "files and registry are as before" diff "$packages/before" "$packages/after"

begin "When the service cannot start the installation is taken back"
wine "$windows_bin/mapi-profile-broker.exe" --console --state 'C:\Other' 2>"$WINEPREFIX/console" </dev/null &
other_broker=$!
listens() { grep -q 'listens on' "$WINEPREFIX/console"; }
wait_until 20 "the other broker to have the pipe" listens
result=$(install "$msi_of_version")
expect "msiexec fails (1603 on Windows, 1627 here): $result" contains " $result " " 1603 1627 "
kill -INT "$other_broker"
wait "$other_broker" || true
rm -rf "$WINEPREFIX/drive_c/Other"
machine_now >"$packages/after"
expect "files and registry are as before" diff "$packages/before" "$packages/after"

begin "A folder of one's own is kept by an upgrade, and so is what one does not want"
expect "msiexec ends with 0" equals "$(install "$msi_of_version" 'INSTALLDIR=C:\Broker' ADDLOCAL=Broker)" 0
expect "headers are for who asks for them" absent "$WINEPREFIX/drive_c/Broker/include"
expect "and so is the MAPI client" absent "$WINEPREFIX/drive_c/Broker/mapi_profile_broker.dll"
expect "the upgrade ends with 0" equals "$(install "$msi_of_later")" 0
installed=$WINEPREFIX/drive_c/Broker
wait_until 20 "the service to answer" answers
expect "it is where it was" test -s "$installed/profile-broker.exe"
expect "and runs there" other_build_runs
expect "without the MAPI client, as before" absent "$installed/mapi_profile_broker.dll"
expect "and doctor finds nothing wrong" healthy 1
expect "msiexec ends with 0" equals "$(remove "$msi_of_later")" 0
machine_now >"$packages/after"
expect "files and registry are as before" diff "$packages/before" "$packages/after"

finish
