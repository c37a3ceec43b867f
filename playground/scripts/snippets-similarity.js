import { indented, keyIn, kotlinText, origin, pretty, shellQuoted, typescriptLiteral } from './snippets.js';

/**
 * A comparison with the images as parts of a multipart request.
 *
 * @param {import('./similarity-form.js').Payload} payload with images as its query
 * @returns {import('./snippet-view.js').Snippets}
 */
export function similaritySnippets(payload) {
  const images = typeof payload.query === 'string' ? [] : payload.query;
  const names = images.flatMap((item) => (typeof item === 'string' ? [] : [item.image.slice('attach://'.length)]));
  const key = keyIn();
  const json = pretty(payload);
  const each = (/** @type {(name: string) => string} */ line) => names.map(line).join('\n');
  return [
    [
      'curl',
      [
        `curl ${origin}/v1/similarity`,
        `-H "Authorization: Bearer ${key.shell}"`,
        `--form-string payload=${shellQuoted(indented(json, 2))}`,
        ...names.map((name) => `-F ${shellQuoted(`${name}=@${name}`)}`),
      ].join(' \\\n  '),
    ],
    [
      'TypeScript',
      `import { readFile } from 'node:fs/promises';

const form = new FormData();
form.set('payload', JSON.stringify(${typescriptLiteral(payload)}));
for (const name of ${typescriptLiteral(names)}) {
  form.set(name, new Blob([await readFile(name)]), name);
}

const response = await fetch('${origin}/v1/similarity', {
  method: 'POST',
  headers: { Authorization: ${key.typescriptHeader} },
  body: form,
});
if (!response.ok) throw new Error(await response.text());
const { matrix } = await response.json(); // matrix[image][caption]: cosines
console.table(matrix);`,
    ],
    [
      'Swift',
      `import Foundation

func picture(_ path: String) throws -> [String: String] {
  ["image": try Data(contentsOf: URL(fileURLWithPath: path)).base64EncodedString()]
}

struct Answer: Decodable { let matrix: [[Double]] }

var request = URLRequest(url: URL(string: "${origin}/v1/similarity")!)
request.httpMethod = "POST"
request.setValue(${key.swift}, forHTTPHeaderField: "Authorization")
request.setValue("application/json", forHTTPHeaderField: "Content-Type")
request.httpBody = try JSONSerialization.data(withJSONObject: [
  "model": ${JSON.stringify(payload.model)},
  "query": [
${each((name) => `    try picture(${JSON.stringify(name)}),`)}
  ],
  "documents": [
${payload.documents.map((text) => `    ${JSON.stringify(text)},`).join('\n')}
  ],
] as [String: Any])

let (data, response) = try await URLSession.shared.data(for: request)
guard (response as? HTTPURLResponse)?.statusCode == 200 else { fatalError(String(decoding: data, as: UTF8.self)) }
print(try JSONDecoder().decode(Answer.self, from: data).matrix) // [image][caption]: cosines`,
    ],
    [
      'Kotlin',
      `import java.io.File
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.MultipartBody
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.asRequestBody
import org.json.JSONObject

val payload = """
  ${indented(kotlinText(json), 2)}
"""
val form = MultipartBody.Builder().setType(MultipartBody.FORM).addFormDataPart("payload", payload)

fun main() {
  for (name in listOf(${names.map((name) => kotlinText(JSON.stringify(name))).join(', ')})) {
    form.addFormDataPart(name, name, File(name).asRequestBody("image/png".toMediaType()))
  }
  val request = Request.Builder()
    .url("${origin}/v1/similarity")
    .header("Authorization", ${key.kotlin})
    .post(form.build())
    .build()
  OkHttpClient().newCall(request).execute().use { response ->
    val answer = response.body!!.string()
    check(response.isSuccessful) { answer }
    println(JSONObject(answer).getJSONArray("matrix")) // [image][caption]: cosines
  }
}`,
    ],
  ];
}
