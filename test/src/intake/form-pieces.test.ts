import { describe, expect, it } from 'vitest';
import { type FormPiece, formPieces } from '../../../src/intake/form-pieces.ts';
import { randomFrom } from '../../support/random.ts';

const utf8 = new TextEncoder();
const text = new TextDecoder();
const BOUNDARY = 'b-1';

/** A body that arrives in chunks of the given sizes. */
function bodyOf(bytes: Uint8Array, size: () => number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const end = Math.min(bytes.length, at + size());
      if (end > at) controller.enqueue(bytes.slice(at, end));
      at = end;
      if (at < bytes.length) return;
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}

async function read(body: string | Uint8Array, size = () => 1_000_000) {
  const bytes = typeof body === 'string' ? utf8.encode(body) : body;
  const pieces: FormPiece[] = [];
  for await (const piece of formPieces(bodyOf(bytes, size), BOUNDARY, () => {}))
    pieces.push('bytes' in piece ? { ...piece, bytes: piece.bytes.slice() } : piece);
  const joined = pieces.flatMap((piece) =>
    piece.kind === 'field' ? [piece.head, piece.value] : 'bytes' in piece ? [piece.bytes] : [],
  );
  const whole = new Uint8Array(await new Blob(joined).arrayBuffer());
  const fields: Record<string, string> = {};
  const files: Record<string, Uint8Array[]> = {};
  let name = '';
  for (const piece of pieces) {
    if (piece.kind === 'field') fields[piece.name] = text.decode(piece.value);
    if (piece.kind === 'file') {
      name = piece.name;
      files[name] = [];
    }
    if (piece.kind === 'data') files[name]?.push(piece.bytes);
  }
  return { whole, fields, files };
}

const part = (head: string, value: string) => `--${BOUNDARY}\r\n${head}\r\n\r\n${value}\r\n`;
const END = `--${BOUNDARY}--\r\n`;
const FILE = 'Content-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg';

describe('a form', () => {
  it('is read the same, wherever its chunks begin', async () => {
    // What looks like a delimiter, and is none.
    const data = `\r\n--${BOUNDARY.slice(0, 2)}\r\n-\r\r\n--b\r\n\r\n--`;
    const body = utf8.encode(
      part('Content-Disposition: form-data; name="model"', 'whisper') +
        part(FILE, data) +
        part('content-disposition: form-data; name=prompt', 'für\r\nElise') +
        END,
    );
    const random = randomFrom(3);
    for (let i = 0; i < 300; i++) {
      const { whole, fields, files } = await read(body, () => 1 + Math.floor(random() * 12));
      expect(fields).toEqual({ model: 'whisper', prompt: 'für\r\nElise' });
      expect(text.decode(new Uint8Array(await new Blob(files.file).arrayBuffer()))).toBe(data);
      expect(whole).toEqual(body);
    }
  });

  it.each([
    ['nothing', ''],
    ['no boundary', 'hello'],
    ['too long a text before the first boundary', `${'hello '.repeat(5_000)}\r\n${part(FILE, 'x')}${END}`],
    ['no end', part(FILE, 'x')],
    ['half a head', `--${BOUNDARY}\r\nContent-Dispo`],
    ['a part without a name', `${part('Content-Disposition: form-data', 'x')}${END}`],
    ['a part without a disposition', `${part('Content-Type: text/plain', 'x')}${END}`],
    [
      'two dispositions',
      `${part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="model"', 'x')}${END}`,
    ],
    ['two names', `${part('Content-Disposition: form-data; name="a"; name="model"', 'x')}${END}`],
    ['a folded header', `${part('Content-Disposition: form-data; name="a";\r\n name="model"', 'x')}${END}`],
    ['a name behind a name', `${part('Content-Disposition: form-data; name="a\\"; name=\\"model"', 'x')}${END}`],
    ['a line without a colon', `${part('Content-Disposition: form-data; name="a"\r\nmodel', 'x')}${END}`],
    [
      'a bare line end in its head',
      `${part('Content-Disposition: form-data; name="a"\nContent-Disposition: form-data; name="model"', 'x')}${END}`,
    ],
    ['an extended name', `${part("Content-Disposition: form-data; name*=utf-8''model", 'x')}${END}`],
    ['something behind a boundary', `--${BOUNDARY} x\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n${END}`],
    [
      'a head that is too long',
      `${part(`Content-Disposition: form-data; name="a"\r\nX: ${'x'.repeat(10_000)}`, 'x')}${END}`,
    ],
    ['a field that is too long', `${part('Content-Disposition: form-data; name="a"', 'x'.repeat(1_200_000))}${END}`],
  ])('is refused with %s', async (_, body) => {
    await expect(read(body)).rejects.toMatchObject({ code: 'invalid_parameter' });
  });

  it.each([
    ['a line end before it', (form: string) => `\r\n${form}`],
    ['text before it', (form: string) => `This is a form.\r\n--b\r\n\r\n${form}`],
    ['spaces behind its boundaries', (form: string) => form.replaceAll(`--${BOUNDARY}\r\n`, `--${BOUNDARY} \t\r\n`)],
  ])('is read without %s, wherever its chunks begin', async (_, change) => {
    const form = part('Content-Disposition: form-data; name="model"', 'whisper') + part(FILE, 'sound') + END;
    const random = randomFrom(5);
    for (let i = 0; i < 50; i++) {
      const { whole, fields, files } = await read(change(form), () => 1 + Math.floor(random() * 9));
      expect(fields).toEqual({ model: 'whisper' });
      expect(files.file?.map((bytes) => text.decode(bytes)).join('')).toBe('sound');
      expect(text.decode(whole)).toBe(form);
    }
  });

  it.each([
    [
      'of browsers and undici',
      'Content-Disposition: form-data; name="file"; filename="a \\"b\\" ü.mp3"\r\nContent-Type: audio/mpeg',
    ],
    ['of curl', 'Content-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg'],
    [
      'of httpx',
      'Content-Disposition: form-data; name="file"; filename*=utf-8\'\'a%20b.mp3\r\nContent-Type: audio/mpeg',
    ],
    ['of Dart', 'content-type: audio/mpeg\r\ncontent-disposition: form-data; name="file"; filename="a.mp3"'],
    [
      'of .NET',
      "Content-Type: audio/mpeg\r\nContent-Disposition: form-data; name=file; filename=a.mp3; filename*=utf-8''a.mp3",
    ],
    [
      'of OkHttp',
      'Content-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\nContent-Length: 1',
    ],
  ])('can have heads %s', async (_, head) => {
    expect(Object.keys((await read(part(head, 'x') + END)).files)).toEqual(['file']);
  });
});
