import { indented, keyIn, kotlinText, origin, pretty, shellQuoted, typescriptLiteral } from './snippets.js';

/**
 * Requests an image as a binary response (`Accept: image/*`) and writes it to a file.
 *
 * @param {{ prompt: string, size: string, seed: number, model: string }} body
 * @returns {import('./snippet-view.js').Snippets}
 */
export function imageSnippets(body) {
  const key = keyIn();
  const json = pretty(body);
  const url = `${origin}/v1/images/generations`;
  return [
    [
      'curl',
      `curl ${url} \\
  -H "Authorization: Bearer ${key.shell}" \\
  -H "Content-Type: application/json" \\
  -H "Accept: image/*" \\
  -d ${shellQuoted(indented(json, 2))} \\
  --fail-with-body -o picture.png`,
    ],
    [
      'TypeScript',
      `import { writeFile } from 'node:fs/promises';

const response = await fetch('${url}', {
  method: 'POST',
  headers: {
    Authorization: ${key.typescriptHeader},
    'Content-Type': 'application/json',
    Accept: 'image/*',
  },
  body: JSON.stringify(${indented(typescriptLiteral(body), 2)}),
});
if (!response.ok) throw new Error(await response.text());
await writeFile('picture.png', await response.bytes());`,
    ],
    [
      'Swift',
      `import Foundation

var request = URLRequest(url: URL(string: "${url}")!)
request.httpMethod = "POST"
request.setValue(${key.swift}, forHTTPHeaderField: "Authorization")
request.setValue("application/json", forHTTPHeaderField: "Content-Type")
request.setValue("image/*", forHTTPHeaderField: "Accept")
request.httpBody = Data(#"""
  ${indented(json, 2)}
  """#.utf8)

let (data, response) = try await URLSession.shared.data(for: request)
guard (response as? HTTPURLResponse)?.statusCode == 200 else { fatalError(String(decoding: data, as: UTF8.self)) }
try data.write(to: URL(fileURLWithPath: "picture.png"))`,
    ],
    [
      'Kotlin',
      `import java.io.File
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

val body = """
  ${indented(kotlinText(json), 2)}
""".toRequestBody("application/json".toMediaType())

val request = Request.Builder()
  .url("${url}")
  .header("Authorization", ${key.kotlin})
  .header("Accept", "image/*")
  .post(body)
  .build()

fun main() = OkHttpClient().newCall(request).execute().use { response ->
  check(response.isSuccessful) { response.body!!.string() }
  File("picture.png").writeBytes(response.body!!.bytes())
}`,
    ],
  ];
}
