#!/usr/bin/env bash
# as-nobody.sh TEST PROGRAM…: runs a test as an ordinary user where the caller is root, with copies of
# the programs that it needs, since a build tree may lie where nobody else may look.
set -euo pipefail
test_program=$1
shift
if [ "$(id -u)" != 0 ] || ! grep -q 4294967295 /proc/self/uid_map; then
  exec "$test_program"
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/grid/sandbox"
cp "$test_program" "$@" "$dir/grid/sandbox"
chmod -R a+rX "$dir"
export G_TEST_BUILDDIR=$dir INFINITY_LIBEXEC_DIR=$dir/grid/sandbox HOME=/nonexistent
setpriv --reuid=65534 --regid=65534 --clear-groups "$dir/grid/sandbox/$(basename "$test_program")"
