import { indented, keyIn, kotlinText, origin, pretty, shellQuoted, typescriptLiteral } from './snippets.js';

/**
 * @typedef {object} SnippetRequest
 * @property {string} path
 * @property {string} [method]
 * @property {Record<string, string>} [headers]
 * @property {object} [body] sent as JSON
 * @property {readonly (readonly [name: string, value: string])[]} [fields] of a form
 * @property {readonly (readonly [name: string, file: string])[]} [files] of a form
 * @property {string} [saveAs] the file that the answer is written to; without one it is printed
 */

/**
 * One request as code in four languages, without an SDK.
 *
 * @param {SnippetRequest} request
 * @returns {import('./snippet-view.js').Snippets}
 */
export function requestSnippets(request) {
  const full = {
    ...{ headers: {}, fields: [], files: [], saveAs: '', method: request.body || request.files ? 'POST' : 'GET' },
    ...request,
    url: `${origin}${request.path}`,
  };
  return [
    ['curl', curl(full)],
    ['TypeScript', typescript(full)],
    ['Swift', swift(full)],
    ['Kotlin', kotlin(full)],
  ];
}

/** @typedef {Required<Omit<SnippetRequest, 'body'>> & { body?: object, url: string }} Full */

/** @param {Full} request */
function curl({ url, method, headers, body, fields, files, saveAs }) {
  const isUsual = method === (body || files.length > 0 ? 'POST' : 'GET');
  return [
    `curl ${isUsual ? '' : `-X ${method} `}${/[?&]/.test(url) ? shellQuoted(url) : url}`,
    `-H "Authorization: Bearer ${keyIn().shell}"`,
    ...(body ? ['-H "Content-Type: application/json"'] : []),
    ...Object.entries(headers).map(([name, value]) => `-H "${name}: ${value}"`),
    ...(body ? [`-d ${shellQuoted(indented(pretty(body), 2))}`] : []),
    ...fields.map(([name, value]) => `--form-string ${shellQuoted(`${name}=${value}`)}`),
    ...files.map(([name, file]) => `-F ${shellQuoted(`${name}=@${file}`)}`),
    ...(saveAs ? [`--fail-with-body -o ${saveAs}`] : []),
  ].join(' \\\n  ');
}

/** @param {Full} request */
function typescript({ url, method, headers, body, fields, files, saveAs }) {
  const needed = [...(files.length > 0 ? ['readFile'] : []), ...(saveAs ? ['writeFile'] : [])];
  const isForm = fields.length + files.length > 0;
  const named = Object.entries({ ...(body && { 'Content-Type': 'application/json' }), ...headers });
  return [
    ...(needed.length > 0 ? [`import { ${needed.join(', ')} } from 'node:fs/promises';`, ''] : []),
    ...(isForm ? ['const form = new FormData();'] : []),
    ...fields.map(([name, value]) => `form.append('${name}', ${typescriptLiteral(value)});`),
    ...files.map(([name, file]) => `form.append('${name}', new Blob([await readFile('${file}')]), '${file}');`),
    ...(isForm ? [''] : []),
    `const response = await fetch('${url}', {`,
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    '  headers: {',
    `    Authorization: ${keyIn().typescriptHeader},`,
    ...named.map(([name, value]) => `    ${/^\w+$/.test(name) ? name : `'${name}'`}: '${value}',`),
    '  },',
    ...(body ? [`  body: JSON.stringify(${indented(typescriptLiteral(body), 2)}),`] : isForm ? ['  body: form,'] : []),
    '});',
    'if (!response.ok) throw new Error(await response.text());',
    saveAs ? `await writeFile('${saveAs}', await response.bytes());` : 'console.log(await response.json());',
  ].join('\n');
}

/** @param {Full} request */
function swift({ url, method, headers, body, fields, files, saveAs }) {
  const isForm = fields.length + files.length > 0;
  const sent = body ? 'application/json' : isForm ? 'multipart/form-data; boundary=\\(boundary)' : '';
  const lines = Object.entries({ ...(sent && { 'Content-Type': sent }), ...headers });
  return [
    'import Foundation',
    '',
    ...(isForm ? [SWIFT_FORM] : []),
    ...fields.map(([name, value]) => `add("${name}", Data(${JSON.stringify(value)}.utf8))`),
    ...files.map(
      ([name, file]) => `add("${name}", try Data(contentsOf: URL(fileURLWithPath: "${file}")), file: "${file}")`,
    ),
    ...(isForm ? ['form.append(Data("--\\(boundary)--\\r\\n".utf8))', ''] : []),
    `var request = URLRequest(url: URL(string: "${url}")!)`,
    ...(method === 'GET' ? [] : [`request.httpMethod = "${method}"`]),
    `request.setValue(${keyIn().swift}, forHTTPHeaderField: "Authorization")`,
    ...lines.map(([name, value]) => `request.setValue("${value}", forHTTPHeaderField: "${name}")`),
    ...(body ? [`request.httpBody = Data(#"""\n  ${indented(pretty(body), 2)}\n  """#.utf8)`] : []),
    ...(isForm ? ['request.httpBody = form'] : []),
    '',
    'let (data, response) = try await URLSession.shared.data(for: request)',
    'guard let http = response as? HTTPURLResponse, http.statusCode < 300 else {',
    '  fatalError(String(decoding: data, as: UTF8.self))',
    '}',
    saveAs ? `try data.write(to: URL(fileURLWithPath: "${saveAs}"))` : 'print(String(decoding: data, as: UTF8.self))',
  ].join('\n');
}

const SWIFT_FORM = `let boundary = UUID().uuidString
var form = Data()
func add(_ name: String, _ value: Data, file: String? = nil) {
  let filename = file.map { "; filename=\\"\\($0)\\"" } ?? ""
  let head = "--\\(boundary)\\r\\nContent-Disposition: form-data; name=\\"\\(name)\\"\\(filename)\\r\\n\\r\\n"
  form.append(Data(head.utf8))
  form.append(value)
  form.append(Data("\\r\\n".utf8))
}`;

/** @param {Full} request */
function kotlin({ url, method, headers, body, fields, files, saveAs }) {
  const isForm = fields.length + files.length > 0;
  const string = (/** @type {string} */ text) => kotlinText(JSON.stringify(text));
  const imports = [
    ...(files.length > 0 || saveAs ? ['java.io.File'] : []),
    ...(body ? ['okhttp3.MediaType.Companion.toMediaType'] : []),
    ...(isForm ? ['okhttp3.MultipartBody'] : []),
    'okhttp3.OkHttpClient',
    'okhttp3.Request',
    ...(files.length > 0 ? ['okhttp3.RequestBody.Companion.asRequestBody'] : []),
    ...(body || !['GET', 'DELETE'].includes(method) ? ['okhttp3.RequestBody.Companion.toRequestBody'] : []),
  ].filter((name) => !(isForm && name.endsWith('toRequestBody')));
  const content = body || isForm ? 'body' : 'ByteArray(0).toRequestBody()';
  return [
    ...imports.map((name) => `import ${name}`),
    '',
    ...(body
      ? [
          `val body = """\n  ${indented(kotlinText(pretty(body)), 2)}\n""".toRequestBody("application/json".toMediaType())`,
          '',
        ]
      : []),
    ...(isForm ? ['val body = MultipartBody.Builder().setType(MultipartBody.FORM)'] : []),
    ...fields.map(([name, value]) => `  .addFormDataPart("${name}", ${string(value)})`),
    ...files.map(([name, file]) => `  .addFormDataPart("${name}", "${file}", File("${file}").asRequestBody())`),
    ...(isForm ? ['  .build()', ''] : []),
    'val request = Request.Builder()',
    `  .url(${string(url)})`,
    `  .header("Authorization", ${keyIn().kotlin})`,
    ...Object.entries(headers).map(([name, value]) => `  .header("${name}", "${value}")`),
    ...(method === 'GET'
      ? []
      : [
          method === 'POST'
            ? `  .post(${content})`
            : method === 'DELETE'
              ? '  .delete()'
              : `  .method("${method}", ${content})`,
        ]),
    '  .build()',
    '',
    'fun main() = OkHttpClient().newCall(request).execute().use { response ->',
    '  check(response.isSuccessful) { response.body!!.string() }',
    saveAs ? `  File("${saveAs}").writeBytes(response.body!!.bytes())` : '  println(response.body!!.string())',
    '}',
  ].join('\n');
}
