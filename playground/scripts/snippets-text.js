import { baseUrl } from './api.js';
import { indented, keyIn, kotlinText, origin, pretty, shellQuoted, typescriptLiteral } from './snippets.js';
import { messagesSnippet } from './snippets-messages.js';

/**
 * A streamed chat or text completion.
 *
 * @typedef {{ prompt?: string, messages?: object[], temperature?: number }} Body
 * @param {{ path: string, body: Body, headers?: Record<string, string> }}
 * request
 * @returns {import('./snippet-view.js').Snippets}
 */
export function chatSnippets({ path, body, headers = {} }) {
  const isChat = body.messages !== undefined;
  const key = keyIn();
  const json = pretty(body);
  const lines = (/** @type {(name: string, value: string) => string} */ line) =>
    Object.entries(headers)
      .map(([name, value]) => line(name, value))
      .join('');
  const options = Object.keys(headers).length > 0 ? `, ${typescriptLiteral({ headers })}` : '';
  return [
    [
      'curl',
      `curl -N ${origin}${path} \\
  -H "Authorization: Bearer ${key.shell}" \\
  -H "Content-Type: application/json" \\
${lines((name, value) => `  -H "${name}: ${value}" \\\n`)}  -d ${shellQuoted(indented(json, 2))}`,
    ],
    [
      'TypeScript',
      `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${baseUrl}', apiKey: ${key.typescript} });

const stream = await client.${isChat ? 'chat.completions' : 'completions'}.create(${typescriptLiteral(body)}${options});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.${isChat ? 'delta.content' : 'text'} ?? '');
}`,
    ],
    [
      'Swift',
      `import Foundation

struct Event: Decodable {
  struct Choice: Decodable {
${isChat ? '    struct Delta: Decodable { let content: String? }\n    let delta: Delta' : '    let text: String'}
  }
  let choices: [Choice]
}

var request = URLRequest(url: URL(string: "${origin}${path}")!)
request.httpMethod = "POST"
request.setValue(${key.swift}, forHTTPHeaderField: "Authorization")
request.setValue("application/json", forHTTPHeaderField: "Content-Type")
${lines((name, value) => `request.setValue("${value}", forHTTPHeaderField: "${name}")\n`)}request.httpBody = Data(#"""
  ${indented(json, 2)}
  """#.utf8)

let (bytes, response) = try await URLSession.shared.bytes(for: request)
guard (response as? HTTPURLResponse)?.statusCode == 200 else { fatalError("\\(response)") }
for try await line in bytes.lines where line.hasPrefix("data: {") {
  let event = try JSONDecoder().decode(Event.self, from: Data(line.dropFirst(6).utf8))
  print(event.choices.first${isChat ? '?.delta.content' : '?.text'} ?? "", terminator: "")
}`,
    ],
    [
      'Kotlin',
      `import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import org.json.JSONObject

val body = """
  ${indented(kotlinText(json), 2)}
""".toRequestBody("application/json".toMediaType())

val request = Request.Builder()
  .url("${origin}${path}")
  .header("Authorization", ${key.kotlin})
${lines((name, value) => `  .header("${name}", "${value}")\n`)}  .post(body)
  .build()

fun main() = OkHttpClient().newCall(request).execute().use { response ->
  check(response.isSuccessful) { response.body!!.string() }
  for (line in response.body!!.source().inputStream().bufferedReader().lineSequence()) {
    if (!line.startsWith("data: {")) continue
    val choice = JSONObject(line.removePrefix("data: ")).getJSONArray("choices").optJSONObject(0)
    print(${isChat ? 'choice?.optJSONObject("delta")?.opt("content") as? String ?: ""' : 'choice?.opt("text") as? String ?: ""'})
  }
}`,
    ],
    ['Anthropic', messagesSnippet(body, headers)],
  ];
}
