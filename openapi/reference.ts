import { errorTable } from '../src/base/errors.ts';
import { errorsOf, type Operation, TAGS, takesKey } from './operation.ts';
import { operations } from './operations.ts';
import type { Json } from './parts.ts';
import { type Row, rowsOf } from './rows.ts';
import type { JsonSchema } from './tidy.ts';

/** The parts of the document that the page shows. */
interface Shown {
  info: { summary: string; description: string };
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { example?: unknown }> }> }>
  >;
  components: { schemas: Record<string, JsonSchema>; headers: Record<string, { description: string }> };
}

/** The reference page, generated from the document so that both agree. */
export function referencePage(document: Json): string {
  const shown = document as unknown as Shown;
  const { info, components } = shown;
  return `<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escaped(info.summary)}">
<title>API reference · Cedalion</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/styles/base.css">
<link rel="stylesheet" href="/styles/docs.css">
<script type="module" src="/scripts/theme.js" blocking="render"></script>
<script type="module" src="/scripts/docs.js"></script>
</head>
<body>
<a class="skip" href="#reference">Skip to the reference</a>
<header class="sky low">
  <div class="chart"><img src="/sky.svg" alt="" width="480" height="380"></div>
  <div class="bar-top">
    <a class="brand" href="/"><img src="/favicon.svg" alt="" width="30" height="30"><span>Cedalion</span></a>
    <div class="tools">
      <a class="tool" href="/">Playground</a>
      <a class="tool" href="/openapi.json">OpenAPI</a>
      <button id="theme" class="tool round" type="button"><span aria-hidden="true">◐</span></button>
    </div>
  </div>
  <div class="title"><h1>API reference</h1><p>${escaped(info.summary)}</p></div>
</header>
<div class="columns">
<nav aria-label="Operations">
${Object.keys(TAGS).map(contents).join('\n')}
<h2>General</h2>
<ul><li><a href="#headers">Headers</a></li><li><a href="#errors">Errors</a></li></ul>
</nav>
<main id="reference" tabindex="-1">
<section class="intro">
<p>${prose(info.description)}</p>
<pre><code>CEDALION_API_KEY=sk-local   # one of the Worker's keys
CEDALION_URL=<span id="address">http://localhost:8787</span></code></pre>
</section>
${Object.entries(TAGS)
  .map(
    ([tag, description]) => `<h2 class="tag" id="${tag}">${tag}</h2>
<p class="about">${prose(description)}</p>
${operations
  .filter((operation) => operation.tag === tag)
  .map((operation) => section(operation, shown))
  .join('\n')}`,
  )
  .join('\n')}
<h2 class="tag" id="headers">Response headers</h2>
<dl class="headers">${Object.entries(components.headers)
    .map(([name, header]) => `<div><dt><code>${name}</code></dt><dd>${prose(header.description)}</dd></div>`)
    .join('')}</dl>
<h2 class="tag" id="errors">Errors</h2>
<p class="about">Every error has this body. <code>param</code> is a path into the request, or null.</p>
<pre><code>${escaped('{"error": {"message": "`messages` is required.", "type": "invalid_request_error", "param": "messages", "code": "invalid_parameter"}}')}</code></pre>
<table>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Type</th></tr></thead>
<tbody>${Object.entries(errorTable)
    .map(
      ([code, { status, type }]) =>
        `<tr><th scope="row"><code>${code}</code></th><td>${status}</td><td>${type}</td></tr>`,
    )
    .join('')}</tbody></table>
</main>
</div>
</body>
</html>
`;
}

function contents(tag: string): string {
  const links = operations
    .filter((operation) => operation.tag === tag)
    .map(({ id, summary }) => `<li><a href="#${id}">${escaped(summary)}</a></li>`);
  return `<h2>${tag}</h2>\n<ul>${links.join('')}</ul>`;
}

function section(operation: Operation, { paths, components }: Shown): string {
  const { id, method, path, summary, description, request, answer, event } = operation;
  const { content } = paths[path]?.[method]?.responses[200] ?? { content: {} };
  const stream = content['text/event-stream']?.example;
  const codes = errorsOf(operation)
    .map((code) => `<code>${code}</code>`)
    .join(' ');
  const table = (schema: string, label: string) =>
    fieldTable(rowsOf(components.schemas[schema] ?? {}, components.schemas), label);
  return `<article id="${id}" aria-labelledby="${id}-name">
<div class="said">
<h3 id="${id}-name">${escaped(summary)}</h3>
<p class="route"><span class="method">${method.toUpperCase()}</span> <code>${path}</code></p>
<p>${prose(description)}</p>
${request ? `<h4>Request</h4>\n${table(request.name, `Fields of the request: ${summary}`)}` : ''}
${operation.takesPictures ? PICTURES : ''}
${operation.files ? files(operation) : ''}
${operation.records ? RECORDED : takesKey(operation) ? REPEATED : ''}
<h4>Response</h4>
${table(answer.name, `Fields of the response: ${summary}`)}
${event && event.name !== answer.name ? `<details><summary>Events of a stream</summary>${table(event.name, `Fields of an event: ${summary}`)}</details>` : ''}
<details><summary>Errors of this route</summary><p class="codes">${codes}</p></details>
</div>
<div class="shown">
${code('Request', curl(operation))}
${operation.isHosted ? '' : code('Response', operation.readsRun === 'events' ? String(stream) : JSON.stringify(content['application/json']?.example, null, 2))}
${typeof stream === 'string' && event ? `<details><summary>As a stream</summary>${code('With "stream": true', stream.trimEnd())}</details>` : ''}
</div>
</article>`;
}

function files({ files = {}, onlyForm }: Operation): string {
  const rows = Object.entries(files).map(([path, description]) => ({
    path,
    type: 'file',
    required: false,
    description,
  }));
  const said = onlyForm
    ? 'The request is <code>multipart/form-data</code>, with these fields and a file:'
    : 'The request can also be <code>multipart/form-data</code>, with these fields and files:';
  return `<p>${said}</p>\n${fieldTable(rows, 'Files')}`;
}

const PICTURES = `<p>Pictures can also be sent as <code>multipart/form-data</code>: each part is the field of its name
(<code>curl -F input=@photo.jpg</code>); or the JSON is the part <code>payload</code>, and refers to the other parts as
<code>attach://&lt;part&gt;</code>. Examples of classifiers are parts <code>input</code> and <code>label</code>. A single picture can be the body (<code>image/*</code>
or <code>application/octet-stream</code>), with the other fields in the query string. The request header <code>cache-control: no-cache</code> refreshes the cache, and
<code>no-store</code> bypasses it.</p>`;

const REPEATED =
  '<p>With the request header <code>idempotency-key</code>, a repeated request gets the same answer.</p>';

const RECORDED = `<p>With the request header <code>idempotency-key</code>, a repeated request gets the same answer. With
<code>x-cedalion-resume: true</code>, a stream can be resumed. With <code>prefer: respond-async</code> or
<code>"background": true</code>, the answer is fetched later: see <a href="#Runs">Runs</a>.</p>`;

function fieldTable(rows: readonly Row[], label: string): string {
  const body = rows
    .map(
      ({ path, type, required, description }) =>
        `<tr><th scope="row"><code>${escaped(path).replaceAll('.', '.<wbr>')}</code>${required ? '' : ' <span class="quiet">optional</span>'}</th><td><span class="type">${escaped(type)}</span>${description ? `<br>${prose(description)}` : ''}</td></tr>`,
    )
    .join('');
  return `<table aria-label="${escaped(label)}"><tbody>${body}</tbody></table>`;
}

function curl({ method, path, open, example }: Operation): string {
  const lines = [`curl "$CEDALION_URL${example.path ?? path}"`];
  if (!open) lines.push('-H "Authorization: Bearer $CEDALION_API_KEY"');
  if (method === 'post' && !example.body && !example.form) lines.push('-X POST');
  for (const [name, value] of Object.entries(example.form ?? {})) lines.push(`-F ${name}=${value}`);
  if (example.body) {
    const json = JSON.stringify(example.body, null, 2).replaceAll("'", `'\\''`).replaceAll('\n', '\n  ');
    lines.push('-H "Content-Type: application/json"', `-d '${json}'`);
  }
  return lines.join(' \\\n  ');
}

function code(label: string, text: string): string {
  return `<figure><figcaption>${escaped(label)}</figcaption><pre><code>${escaped(text)}</code></pre></figure>`;
}

/** Text with code between backticks. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
