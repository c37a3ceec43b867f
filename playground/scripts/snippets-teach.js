import { indented, keyIn, kotlinText, origin, pretty, shellQuoted, typescriptLiteral } from './snippets.js';

const SHOWN = 4;

/**
 * Teaching, if there is something to teach, then classifying a picture. Of many examples the first ones of
 * each kind are shown.
 *
 * @param {string} model
 * @param {readonly { label: string, text?: string, blob?: Blob }[]} examples
 * @param {string | undefined} id of the classifier that examples are added to
 * @returns {import('./snippet-view.js').Snippets}
 */
export function teachSnippets(model, examples, id) {
  const chosen = spread(examples.filter(({ label }) => label !== ''));
  const named = chosen.map(({ label, text, blob }, i) => ({
    label,
    input: blob ? { image: `attach://${fileOf(label, i)}` } : (text ?? ''),
  }));
  const files = chosen.flatMap(({ label, blob }, i) => (blob ? [fileOf(label, i)] : []));
  const payload = { ...(id ? {} : { model }), examples: named };
  const url = `${origin}/v1/classifiers${id ? `/${id}` : ''}`;
  const isTaught = id !== undefined && chosen.length === 0;
  const about = chosen.length < examples.length ? `${chosen.length} of ${examples.length} examples:\n` : '';
  const key = keyIn();
  const curlTeach = `${about && `# ${about}`}${[
    `curl ${id ? '-X PATCH ' : ''}${url}`,
    `-H "Authorization: Bearer ${key.shell}"`,
    `--form-string payload=${shellQuoted(indented(pretty(payload), 2))}`,
    ...files.map((name) => `-F ${shellQuoted(`${name}=@${name}`)}`),
  ].join(' \\\n  ')}

`;
  const typescriptTeach = `${about && `// ${about}`}const form = new FormData();
form.set('payload', JSON.stringify(${typescriptLiteral(payload)}));
for (const name of ${typescriptLiteral(files)}) {
  form.set(name, new Blob([await readFile(name)]), name);
}
const taught = await fetch('${url}', { method: '${id ? 'PATCH' : 'POST'}', headers, body: form });
if (!taught.ok) throw new Error(await taught.text());
const { id, leave_one_out } = await taught.json();
console.log(leave_one_out.accuracy);
`;
  return [
    [
      'curl',
      `${isTaught ? '' : curlTeach}curl "${origin}/v1/classify?classifier_id=${id ?? '<id>'}" \\
  -H "Authorization: Bearer ${key.shell}" \\
  -H "Content-Type: image/png" --data-binary @new.png`,
    ],
    [
      'TypeScript',
      `import { readFile } from 'node:fs/promises';

const headers = { Authorization: ${key.typescriptHeader} };
${isTaught ? `const id = '${id}';` : typescriptTeach}
const answer = await fetch(\`${origin}/v1/classify?classifier_id=\${id}\`, {
  method: 'POST',
  headers: { ...headers, 'Content-Type': 'image/png' },
  body: await readFile('new.png'),
});
console.log((await answer.json()).data[0].prediction);`,
    ],
    [
      'Swift',
      `import Foundation

// Classifies a picture by a classifier that your server has taught.
struct Answer: Decodable {
  struct Item: Decodable { let prediction: String; let score: Double }
  let data: [Item]
}

var request = URLRequest(url: URL(string: "${origin}/v1/classify?classifier_id=${id ?? '<id>'}")!)
request.httpMethod = "POST"
request.setValue(${key.swift}, forHTTPHeaderField: "Authorization")
request.setValue("image/png", forHTTPHeaderField: "Content-Type")
request.httpBody = try Data(contentsOf: URL(fileURLWithPath: "new.png"))

let (data, response) = try await URLSession.shared.data(for: request)
guard (response as? HTTPURLResponse)?.statusCode == 200 else { fatalError(String(decoding: data, as: UTF8.self)) }
print(try JSONDecoder().decode(Answer.self, from: data).data[0])`,
    ],
    [
      'Kotlin',
      `import java.io.File
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.asRequestBody
import org.json.JSONObject

// Classifies a picture by a classifier that your server has taught.
fun main() {
  val request = Request.Builder()
    .url("${kotlinText(`${origin}/v1/classify?classifier_id=${id ?? '<id>'}`)}")
    .header("Authorization", ${key.kotlin})
    .post(File("new.png").asRequestBody("image/png".toMediaType()))
    .build()
  OkHttpClient().newCall(request).execute().use { response ->
    val answer = response.body!!.string()
    check(response.isSuccessful) { answer }
    println(JSONObject(answer).getJSONArray("data").getJSONObject(0).getString("prediction"))
  }
}`,
    ],
  ];
}

/** @param {string} label @param {number} index */
const fileOf = (label, index) => `${label.replace(/[^\w.-]+/g, '-')}-${index + 1}.png`;

/**
 * The first examples of each label, in turn.
 *
 * @template {{ label: string }} T
 * @param {readonly T[]} examples
 */
function spread(examples) {
  const seen = new Map();
  const turns = examples.map((example) => {
    const turn = seen.get(example.label) ?? 0;
    seen.set(example.label, turn + 1);
    return { example, turn };
  });
  return turns
    .sort((a, b) => a.turn - b.turn)
    .slice(0, SHOWN)
    .map(({ example }) => example);
}
