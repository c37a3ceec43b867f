/**
 * What made a picture, in the words of IPTC: a model, or a model that changed a picture.
 * Source: https://cv.iptc.org/newscodes/digitalsourcetype/
 */
export type SourceType = 'trainedAlgorithmicMedia' | 'compositeWithTrainedAlgorithmicMedia';

const EXTENSION = 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/';

/** What a packet says so far, and which terms of it say that a program has made the picture. */
const SAID = /(\/newscodes\/digitalsourcetype\/)(\w+)/;
const IS_MADE = /algorithmic|synthetic/i;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An XMP packet that says what made a picture, and nothing else. Source: ISO 16684-1, 7.3.2 */
export function newPacket(source: SourceType): Uint8Array {
  return utf8.encode(
    `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>` +
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      `${description('rdf', '', source)}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
  );
}

/**
 * Says in a picture's own packet what made it.
 *
 * @returns undefined if the packet says so, is bound to a signature that is stored elsewhere, or cannot be
 * read
 */
export function markedPacket(packet: Uint8Array, source: SourceType): Uint8Array | undefined {
  const text = read(packet);
  // A change would make the signature at that place invalid. Source: C2PA 2.2, 11.4
  if (text === undefined || /:provenance\b/.test(text)) return undefined;
  const [, before = '', term] = SAID.exec(text) ?? [];
  if (term !== undefined) {
    // An edit may have kept the packet of the photograph that it was made from.
    return IS_MADE.test(term) ? undefined : utf8.encode(text.replace(SAID, `${before}${source}`));
  }
  if (/\bDigitalSourceType\b/.test(text)) return undefined;
  const rdf = /<([\w.-]+):RDF\b[^>]*[^/>]>/.exec(text);
  if (!rdf) return undefined;
  const [open, prefix = ''] = rdf;
  // All descriptions of a packet are about the same. Source: ISO 16684-1, 7.4
  const about = new RegExp(`\\b${prefix}:about\\s*=\\s*(?:"([^"<]*)"|'([^'"<]*)')`).exec(text);
  const at = rdf.index + open.length;
  const added = description(prefix, about?.[1] ?? about?.[2] ?? '', source);
  return utf8.encode(text.slice(0, at) + added + text.slice(at));
}

function description(prefix: string, about: string, source: SourceType): string {
  const value = `http://cv.iptc.org/newscodes/digitalsourcetype/${source}`;
  return (
    `<${prefix}:Description ${prefix}:about="${about}" xmlns:Iptc4xmpExt="${EXTENSION}" ` +
    `Iptc4xmpExt:DigitalSourceType="${value}"/>`
  );
}

function read(packet: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(packet);
  } catch {
    return undefined;
  }
}
