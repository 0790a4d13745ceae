#!/usr/bin/env bash
# Makes the MSI: gathers the files as they are to be installed, has wixl make a database of product.wxs, and puts right
# what wixl cannot say. The same commit gives the same files and tables: codes are derived from the content, times are the
# commit's.
#
#   package.sh BUILD_X64 BUILD_X86 OUTPUT_FOLDER [VERSION]
#
# VERSION: other than the project's, for tests of upgrades; the programs keep theirs. ARP_URL, when set: the address that
# "Apps and features" shows for information and help.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
x64=$(realpath "$1") x86=$(realpath "$2")
mkdir -p "$3"
output=$(realpath "$3")
project_version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
version=${4:-$project_version}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 1700000000)}
export SOURCE_DATE_EPOCH
msi=$output/MapiProfileBroker-$version-x64.msi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage

# Both have warnings that are errors to us, and exit with 0 all the same.
silently() {
  local said
  said=$("$@" 2>&1) || { printf '%s failed: %s\n' "$1" "$said" >&2; return 1; }
  [[ -z $said ]] || { printf '%s warns: %s\n' "$1" "$said" >&2; return 1; }
}
query() { silently msibuild "$msi" -q "$1"; }
rows() { msiinfo export "$msi" "$1" | tr -d '\r' | tail -n +4; }

# stripped TRIPLET FILE TO: without symbols; a signed file as it is, since that would break its signature.
stripped() {
  local signature
  signature=$("$1-w64-mingw32-objdump" -p "$2" | sed -n 's/^Entry 4 \([0-9a-f ]*\) Security.*/\1/p')
  if [[ $signature =~ [1-9a-f] ]]; then
    cp "$2" "$3"
  else
    "$1-w64-mingw32-strip" --strip-all -o "$3" "$2"
  fi
}

# import_library MACHINE DEFINITIONS TO: for Visual C++, with nothing but short imports.
import_library() { llvm-dlltool -m "$1" -k -d "$2" -l "$3" -D profile_broker.dll; }

# For those who use the product; their links lead to where the pages are now.
gather_pages() {
  local page link
  cp "$root/CHANGELOG.md" "$root/proto/protocol.md" "$root"/docs/*.md "$stage/docs/"
  rm -f "$stage"/docs/{releasing,windows-checklist,correctness}.md
  sed -i -E -e 's#\]\(\.\./(README|CONTRIBUTING|docs/correctness|docs/windows-checklist)\.md[^)]*\)#]#' \
    -e 's#\]\((windows-checklist|correctness|releasing)\.md[^)]*\)#]#' \
    -e 's#\]\((\.\./)?(proto|docs)/#](#g' -e 's#\]\((\.\./)?client-lib/include/#](../include/#g' "$stage"/docs/*.md
  for page in "$stage"/docs/*.md; do
    while read -r link; do
      [[ -e $stage/docs/$link ]] || { echo "${page##*/} links to $link, which is not in the package" >&2; return 1; }
    done < <(grep -oE '\]\([^)#:]+[)#]' "$page" | sed -E 's/^\]\(//; s/[)#]$//')
  done
}

gather() {
  local name
  mkdir -p "$stage"/{x86,docs/samples,include/profile_broker,lib/x64,lib/x86}
  for name in mapi-profile-broker.exe profile-broker.exe mapi-profile-broker-events.dll profile_broker.dll \
    mapi_profile_broker.dll mapi_profile_broker_events.dll; do
    stripped x86_64 "$x64/bin/$name" "$stage/$name"
  done
  for name in profile_broker.dll mapi_profile_broker.dll; do
    stripped i686 "$x86/bin/$name" "$stage/x86/$name"
  done
  cp "$x64/lib/libprofile_broker.dll.a" "$stage/lib/x64/"
  cp "$x86/lib/libprofile_broker.dll.a" "$stage/lib/x86/"
  sed 's/@[0-9]*$//' "$root/client-lib/profile_broker_x86.def" >"$work/x64.def"
  import_library i386:x86-64 "$work/x64.def" "$stage/lib/x64/profile_broker.lib"
  import_library i386 "$root/client-lib/profile_broker_x86.def" "$stage/lib/x86/profile_broker.lib"
  cp "$root"/client-lib/include/profile_broker/client.{h,hpp} "$stage/include/profile_broker/"
  cp "$root"/docs/samples/* "$stage/docs/samples/"
  gather_pages
  cp -r "$root/installer/policy" "$stage/"
  cp "$root/LICENSE" "$stage/LICENSE.txt"
  cp "$root/installer/third-party-notices.txt" "$stage/"
  sed -i 's/$/\r/' "$stage/LICENSE.txt" "$stage/third-party-notices.txt"
  find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

# uuid_of NAME: of the content and the name, in the form of a random one.
uuid_of() {
  local hash
  hash=$(printf '%s %s' "$content" "$1" | sha256sum)
  printf '%s-%s-4%s-8%s-%s' "${hash:0:8}" "${hash:8:4}" "${hash:12:3}" "${hash:15:3}" "${hash:18:12}" | tr a-f A-F
}
hash_of_content() {
  { echo "$version"
    (cd "$stage" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
    (cd "$root/installer" && LC_ALL=C && cat product.wxs package.sh tables/*)
  } | sha256sum
}

# files_of FOLDER FIRST: a line for each file in that folder of the stage; the first one stands for the component.
files_of() {
  local file name key=' KeyPath="yes"'
  for file in "$stage/$1/$2" "$stage/$1"/*; do
    name=${file##*/}
    [[ -f $file && ($name != "$2" || -n $key) ]] || continue
    printf '<File Id="%s_%s" Name="%s" Source="stage/%s/%s"%s/>\n' "${1//\//_}" "${name//-/_}" "$name" "$1" "$name" "$key"
    key=''
  done
}

make_database() {
  files_of docs installation.md >"$work/docs"
  files_of docs/samples report_sender.cpp >"$work/samples"
  sed -e "/<!-- docs -->/{r $work/docs" -e 'd}' -e "/<!-- samples -->/{r $work/samples" -e 'd}' \
    "$root/installer/product.wxs" >"$work/product.wxs"
  rm -f "$msi"
  cd "$work"  # wixl finds no absolute paths
  silently wixl -a x64 -D "ProductCode=$(uuid_of product)" -D "Version=$version" -D Stage=stage \
    -D "Size=$(du -sk --apparent-size stage | cut -f1)" -o "$msi" product.wxs
}

# Windows Installer compares versions before it replaces a file: without one an old program would stay.
add_file_versions() {
  local id
  for id in service.exe events.dll tool.exe client64.dll client32.dll mapi64.dll mapi32.dll mapi_events.dll; do
    query "UPDATE \`File\` SET \`Version\`='$project_version.0', \`Language\`='1033' WHERE \`File\`='$id'"
    query "DELETE FROM \`MsiFileHash\` WHERE \`File_\`='$id'"
  done
}

# Another build of the same version replaces this one; which features there are stays as it is.
upgrade_same_version() {
  local migrate=1 from_inclusive=256 to_inclusive=512
  query "DELETE FROM \`Upgrade\` WHERE \`ActionProperty\`='WIX_UPGRADE_DETECTED'"
  query "INSERT INTO \`Upgrade\` (\`UpgradeCode\`, \`VersionMin\`, \`VersionMax\`, \`Attributes\`, \`ActionProperty\`) VALUES \
('$upgrade_code', '0.0.0', '$version', $((migrate + from_inclusive + to_inclusive)), 'WIX_UPGRADE_DETECTED')"
  # Newer ones (above this version, without it) are detected only.
  rows Upgrade | grep -qP "\t$version\t\t\t2\t\tWIX_DOWNGRADE_DETECTED" ||
    { echo "wixl made another downgrade row than expected" >&2; return 1; }
}

# The product is never without its service; nothing is advertised. wixl leaves both out.
set_feature_attributes() {
  local not_absent=16 not_advertised=8
  query "UPDATE \`Feature\` SET \`Attributes\`=$((not_absent + not_advertised)) WHERE \`Feature\`='Broker'"
  query "UPDATE \`Feature\` SET \`Attributes\`=$not_advertised WHERE \`Feature\`='UnchangedPrograms'"
  query "UPDATE \`Feature\` SET \`Attributes\`=$not_advertised WHERE \`Feature\`='Development'"
}

# The licence as a page shows it; doubled backslashes, since it goes through sed.
licence_rtf() {
  printf '{\\\\rtf1\\\\ansi\\\\deff0{\\\\fonttbl{\\\\f0\\\\fswiss Segoe UI;}}\\\\fs17 '
  sed -e 's/$/ /' -e 's/^ $/\\\\par\\\\par /' "$root/LICENSE" | tr -d '\n'
  printf '}'
}

add_tables() {
  local table
  for table in "$root"/installer/tables/*.idt; do
    sed -e "s|@licence@|$(licence_rtf)|" -e 's/$/\r/' "$table" >"$work/${table##*/}"
    silently msibuild "$msi" -i "$work/${table##*/}"
  done
  query "INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('DefaultUIFont', 'Body')"
  query "INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('ErrorDialog', 'ErrorDlg')"
  show LicenceDlg 1290 'NOT Installed'
  show MaintenanceDlg 1291 'Installed AND NOT REMOVE AND NOT REINSTALL'
  show ProgressDlg 1292 ''
  show ExitDlg -1 ''
  show UserExitDlg -2 ''
  show FatalDlg -3 ''
  # PATH is set after the files are there, and taken back before they go.
  query "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Condition\`, \`Sequence\`) VALUES ('WriteEnvironmentStrings', '', 5200)"
  query "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Condition\`, \`Sequence\`) VALUES ('RemoveEnvironmentStrings', '', 3300)"
}

# show DIALOG SEQUENCE CONDITION: in the full user interface; the negative ones are for the end, however it comes.
show() {
  query "INSERT INTO \`InstallUISequence\` (\`Action\`, \`Condition\`, \`Sequence\`) VALUES ('$1', '$3', $2)"
}

add_address() {
  [[ -n ${ARP_URL:-} ]] || return 0
  query "INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('ARPURLINFOABOUT', '$ARP_URL')"
  query "INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('ARPHELPLINK', '$ARP_URL')"
}

upgrade_code=$(sed -n 's/.*UpgradeCode="\([^"]*\)".*/{\1}/p' "$root/installer/product.wxs")
gather
content=$(hash_of_content)
make_database
add_file_versions
upgrade_same_version
set_feature_attributes
add_tables
add_address
silently msibuild "$msi" -s "MAPI Profile Broker $version" "The MAPI Profile Broker authors" "x64;1033" "{$(uuid_of package)}"
touch -d "@$SOURCE_DATE_EPOCH" "$msi"
echo "$msi"
