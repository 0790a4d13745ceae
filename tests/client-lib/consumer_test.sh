#!/usr/bin/env bash
# Installs the client library into a folder of its own and builds a project outside the tree against the installed
# package; runs it where it can run.
#
#   consumer_test.sh BUILD_FOLDER CONSUMER_SOURCE SANITIZERS [TOOLCHAIN_FILE MINGW_CPU]
set -euo pipefail
build=$1 source=$2 sanitizers=$3 toolchain=${4:-} cpu=${5:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cmake --install "$build" --prefix "$scratch/installed" --component client
cp -r "$source" "$scratch/consumer"
options=(-G Ninja "-DMapiProfileBroker_DIR=$scratch/installed/lib/cmake/MapiProfileBroker")
if [[ -n $sanitizers ]]; then
  options+=("-DCMAKE_C_FLAGS=-fsanitize=$sanitizers" "-DCMAKE_CXX_FLAGS=-fsanitize=$sanitizers")
  # The C program brings clang's run-time for the library, too, which is C++.
  [[ ${CC:-} != *clang ]] || options+=('-DCMAKE_EXE_LINKER_FLAGS=-fsanitize-link-c++-runtime -lstdc++')
fi
if [[ -n $toolchain ]]; then
  options+=("-DCMAKE_TOOLCHAIN_FILE=$toolchain" "-DMINGW_CPU=$cpu")
fi
cmake -S "$scratch/consumer" -B "$scratch/build" "${options[@]}"
cmake --build "$scratch/build"
if [[ -n $toolchain ]]; then
  ls "$scratch/build/consumer_c.exe" "$scratch/build/consumer_cpp.exe"
  exit 0
fi
# Nobody listens there.
export MAPI_PROFILE_BROKER_ENDPOINT=$scratch/socket XDG_STATE_HOME=$scratch/state
"$scratch/build/consumer_c"
"$scratch/build/consumer_cpp"
