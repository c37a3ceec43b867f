import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';

/** Pictures of a host through the whole Worker, read back by programs that were not written here. */

const MADE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
const COMPOSITE = 'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia';
const CAPTURED = 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture';

const noise = (channels: 3 | 4) =>
  sharp(Buffer.from(Array.from({ length: 40 * 30 * channels }, (_, i) => (i * i * 31) % 256)), {
    raw: { width: 40, height: 30, channels },
  });
const packetOf = (type: string) =>
  `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<r:Description r:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" dc:format="x"${type && ` e:DigitalSourceType="${type}"`}/>
</r:RDF></x:xmpmeta>
<?xpacket end="w"?>`;

const FILES: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a PNG': () => noise(3).png().toBuffer(),
  'a PNG with transparency, Exif and a profile': () =>
    noise(4)
      .withExif({ IFD0: { Artist: 'x' } })
      .withIccProfile('p3')
      .png()
      .toBuffer(),
  'a JPEG': () => noise(3).jpeg().toBuffer(),
  'a JPEG with Exif': () =>
    noise(3)
      .withExif({ IFD0: { Artist: 'x' } })
      .withIccProfile('p3')
      .jpeg()
      .toBuffer(),
  'a JPEG with a packet of its own': () => noise(3).withXmp(packetOf('')).jpeg().toBuffer(),
  'a JPEG that is said to be a photograph': () => noise(3).withXmp(packetOf(CAPTURED)).jpeg().toBuffer(),
  'a WebP': () => noise(3).webp().toBuffer(),
  'a WebP without loss': () => noise(3).webp({ lossless: true }).toBuffer(),
  'a WebP without loss, with transparency': () => noise(4).webp({ lossless: true }).toBuffer(),
  'a WebP with transparency': () => noise(4).webp().toBuffer(),
  'a WebP with Exif': () =>
    noise(3)
      .withExif({ IFD0: { Artist: 'x' } })
      .webp()
      .toBuffer(),
  'a WebP with a packet of its own': () => noise(3).withXmp(packetOf('')).webp().toBuffer(),
};

let picture: Buffer;
let host: Server;
let gateway: Gateway;
let folder: string;
beforeAll(async () => {
  host = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ created: 1, data: [{ b64_json: picture.toString('base64') }] }));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => host.once('listening', resolve));
  const { port } = host.address() as AddressInfo;
  gateway = await startGateway({ OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: 'sk-host' });
  folder = await mkdtemp(join(tmpdir(), 'cedalion-marks-'));
});
afterAll(async () => {
  await gateway?.stop();
  host?.close();
  await rm(folder, { recursive: true });
});

const post = (path: string, body: object, accept = '*/*') =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json', accept },
    body: JSON.stringify({ model: 'openai/gpt-image-1.5', prompt: 'x', ...body }),
  });
const fileIn = async (answer: Response) => {
  const { data } = (await answer.json()) as { data: [{ b64_json: string }] };
  return Buffer.from(data[0].b64_json, 'base64');
};
async function generated(accept?: string): Promise<Buffer> {
  const answer = await post('/v1/images/generations', {}, accept);
  expect(answer.status).toBe(200);
  if (!accept) return fileIn(answer);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(answer.headers.get('content-length')).toBe(`${bytes.length}`);
  return bytes;
}
/** What else is said of a picture. */
async function metadataOf(file: Buffer) {
  const { xmp: _, xmpAsString: __, size: ___, ...others } = await sharp(file).metadata();
  return others;
}
const packetIn = async (file: Buffer) => (await sharp(file).metadata()).xmp?.toString() ?? '';
/** Debian's package is libimage-exiftool-perl. */
const EXIFTOOL = '/usr/bin/exiftool';

describe('a generated picture', () => {
  it.each(Object.entries(FILES))('says that it is generated, and has the same pixels: %s', async (name, make) => {
    picture = await make();
    const marked = await generated();
    expect((await packetIn(marked)).split(MADE)).toHaveLength(2);
    expect(await sharp(marked).raw().toBuffer()).toEqual(await sharp(picture).raw().toBuffer());
    expect(await metadataOf(marked)).toEqual(await metadataOf(picture));
    expect(await generated('image/*'), name).toEqual(marked);
    // Once more changes nothing.
    picture = marked;
    expect(await generated()).toEqual(marked);
  });

  it.runIf(existsSync(EXIFTOOL))(
    'is read by exiftool, which warns of nothing that it did not warn of before',
    async () => {
      const paths = [];
      for (const make of Object.values(FILES)) {
        picture = await make();
        for (const file of [picture, await generated()]) {
          const path = join(folder, `${paths.length}`);
          await writeFile(path, file);
          paths.push(path);
        }
      }
      const options = ['-json', '-n', '-validate', '-warning', '-XMP-iptcExt:DigitalSourceType'];
      const { stdout } = await promisify(execFile)(EXIFTOOL, [...options, ...paths]);
      const read = JSON.parse(stdout) as { DigitalSourceType?: string; Warning?: string }[];
      for (const [i, { DigitalSourceType, Warning }] of read.entries()) {
        if (i % 2 === 0) continue;
        expect(DigitalSourceType).toBe(MADE);
        expect(Warning).toBe(read[i - 1]?.Warning);
      }
    },
  );

  it('says so of a change of another picture', async () => {
    picture = await noise(3).png().toBuffer();
    const image_url = `data:image/png;base64,${picture.toString('base64')}`;
    const answer = await post('/v1/images/edits', { images: [{ image_url }] });
    expect(await packetIn(await fileIn(answer))).toContain(COMPOSITE);
  });

  it('says so also if it is larger than a slice of base64, in each event and as a URL', async () => {
    const size = { width: 300, height: 300, channels: 3 as const, background: '#fff' };
    const random = { type: 'gaussian' as const, mean: 128, sigma: 60 };
    picture = await sharp({ create: { ...size, noise: random } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const marked = await generated();
    expect(await packetIn(marked)).toContain(MADE);
    const url = (await (await post('/v1/images/generations', { response_format: 'url' })).json()) as {
      data: [{ url: string }];
    };
    expect(url.data[0].url).toBe(`data:image/png;base64,${marked.toString('base64')}`);
    const events = await (await post('/v1/images/generations', { stream: true })).text();
    expect(events).toContain(`"b64_json":"${marked.toString('base64')}"`);
  });

  it('is marked whatever a request asks for, unless the operator allows it', async () => {
    picture = await noise(3).png().toBuffer();
    const refused = await post('/v1/images/generations', { marks: 'none' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'marks' } });
    expect((await post('/v1/images/generations', { marks: null })).status).toBe(200);
  });
});
