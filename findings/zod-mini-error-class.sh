#!/usr/bin/env bash
# zod 4.6.7, zod/mini: naming `z.core.$ZodError` as a value puts all of zod into the bundle.
#
# zod/mini is made to be shaken: a schema costs 4 KB gzip. `z.core` is a namespace that is passed on, and one
# class of it that is named at run time keeps all of it, with the messages of all languages. `safeParse` says
# the same without the class.
#
# Seen, with esbuild 0.28.2:
#   by-result: 12 KB, 4 KB gzip
#   by-class: 409 KB, 80 KB gzip
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit zod@4.6.7 esbuild@0.28.2
cat >by-class.js <<'JS'
import * as z from 'zod/mini';
export const read = (value) => {
  try {
    return z.object({ id: z.string() }).parse(value);
  } catch (error) {
    if (error instanceof z.core.$ZodError) return undefined;
    throw error;
  }
};
JS
cat >by-result.js <<'JS'
import * as z from 'zod/mini';
export const read = (value) => z.object({ id: z.string() }).safeParse(value).data;
JS
for entry in by-result by-class; do
  npx esbuild "$entry.js" --bundle --minify --format=esm --target=esnext --outfile="$entry.out.js" --log-level=error
  echo "$entry: $(($(wc -c <"$entry.out.js") / 1000)) KB, $(($(gzip -9 <"$entry.out.js" | wc -c) / 1000)) KB gzip"
done | tee output
diff - output <<'TXT'
by-result: 12 KB, 4 KB gzip
by-class: 409 KB, 80 KB gzip
TXT
