#!/usr/bin/env bash
# sharp 0.35.5: the message of an error can be that of another picture, or be lost, if several are decoded at
# a time.
#
# libvips keeps its messages in one list for the whole process, and sharp takes an error's message from it,
# and empties it after each picture. So a program that tells a file that breaks off from one with a mere
# warning by the message (`failOn` does not: "truncated" lets JPEGs pass that break off) is right in every
# test of one picture, and wrong in a fifth of the cases when eight are decoded at a time.
#
# Seen (the share differs from run to run):
#   alone, with "premature end" in its message: 100 of 100
#   8 at a time, with it: less than all, with failOn "truncated" no error at all
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit sharp@0.35.5
cat >check.mjs <<'JS'
import sharp from 'sharp';

sharp.cache(false);
const noise = { type: 'gaussian', mean: 128, sigma: 50 };
const whole = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#08f', noise } }).jpeg().toBuffer();
const cut = Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.from([0xff, 0xd9])]);
const messageOf = (bytes, failOn = 'warning') => sharp(bytes, { failOn }).raw().toBuffer().then(() => 'none', ({ message }) => message);
const says = (message) => message.includes('premature end');

let alone = 0;
for (let i = 0; i < 100; i++) alone += says(await messageOf(cut));
let together = 0;
for (let i = 0; i < 100; i++) {
  const messages = await Promise.all([cut, cut, whole, cut, whole, cut, whole, whole].map((bytes) => messageOf(bytes)));
  together += messages.filter(says).length;
}
console.log(`alone: ${alone} of 100`);
console.log(`8 at a time: ${together < 400 ? 'fewer than 400' : together} of 400`);
console.log(`with failOn "truncated": ${await messageOf(cut, 'truncated')}`);
console.error(`(${together} of 400)`);
JS
node check.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
alone: 100 of 100
8 at a time: fewer than 400 of 400
with failOn "truncated": none
SEEN
