#!/usr/bin/env bash
# sharp 0.35.5 (libvips 8.18): the XMP of a PNG is a zTXt chunk.
#
# The XMP specification, part 3, and the registered keyword XML:com.adobe.xmp ask for an uncompressed iTXt
# chunk, so that a reader that knows no PNG finds the packet by scanning the bytes. sharp compresses it:
# neither a scan nor a reader of iTXt chunks alone finds it. sharp itself reads it back.
#
# Seen:
#   chunks: IHDR pHYs zTXt IDAT IEND
#   zTXt keyword: XML:com.adobe.xmp
#   packet in the bytes: false
#   sharp reads it back: true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit sharp@0.35.5
cat >check.mjs <<'JS'
import sharp from 'sharp';

const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>';
const create = { width: 8, height: 8, channels: 3, background: 'red' };
const png = await sharp({ create }).png().withXmp(xmp).toBuffer();

const chunks = [];
for (let at = 8; at < png.length; ) {
  const length = png.readUInt32BE(at);
  chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
  at += length + 12;
}
console.log('chunks:', chunks.map(({ type }) => type).join(' '));
const text = chunks.find(({ type }) => type === 'zTXt')?.data;
console.log('zTXt keyword:', text?.toString('latin1', 0, text.indexOf(0)));
console.log('packet in the bytes:', png.includes('x:xmpmeta'));
console.log('sharp reads it back:', (await sharp(png).metadata()).xmp?.toString() === xmp);
JS
node check.mjs | tee output
diff - output <<'TXT'
chunks: IHDR pHYs zTXt IDAT IEND
zTXt keyword: XML:com.adobe.xmp
packet in the bytes: false
sharp reads it back: true
TXT
