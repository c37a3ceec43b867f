#!/usr/bin/env bash
# sharp 0.35.5 (libvips 8.18): `toColourspace('srgb')` does not make sRGB of a picture with 16 bits and a
# Display P3 profile.
#
# A PNG with 8 bits and a profile is converted to sRGB. With 16 bits the numbers stay those of Display P3,
# within rounding, and are then read as sRGB: colours lose their strength. `pipelineColourspace('srgb')`
# before it converts both.
#
# Seen, for the sRGB colour 200 60 40:
#   16 bits: toColourspace 184 70 49; with pipelineColourspace 199 59 39
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit sharp@0.35.5
cat >check.mjs <<'JS'
import sharp from 'sharp';

/** A colour of sRGB, in numbers of Display P3. */
const create = { width: 4, height: 4, channels: 3, background: { r: 200, g: 60, b: 40 } };
const eight = await sharp({ create }).withIccProfile('p3').png().toBuffer();
const sixteen = await sharp({ create }).toColourspace('rgb16').withIccProfile('p3').png().toBuffer();
const colour = async (picture) => [...(await picture.removeAlpha().raw({ depth: 'uchar' }).toBuffer()).subarray(0, 3)].join(' ');

for (const [name, png] of [['8 bits', eight], ['16 bits', sixteen]]) {
  const { depth, icc } = await sharp(png).metadata();
  console.log(`${name}: ${depth}, profile ${icc ? 'yes' : 'no'}`);
  console.log(`  toColourspace: ${await colour(sharp(png).toColourspace('srgb'))}`);
  console.log(`  with pipelineColourspace: ${await colour(sharp(png).pipelineColourspace('srgb').toColourspace('srgb'))}`);
}
JS
node check.mjs | tee output
diff - output <<'TXT'
8 bits: uchar, profile yes
  toColourspace: 200 60 40
  with pipelineColourspace: 200 60 40
16 bits: ushort, profile yes
  toColourspace: 184 70 49
  with pipelineColourspace: 199 59 39
TXT
