/** What each field of the requests is, for the document. A field that the routes have and this has not fails a test. */

const MODEL = "An alias or an id of `GET /v1/models`, or `openai/<id>` for a model at the operator's own host.";

const SAMPLING = {
  model: MODEL,
  stream: 'Answer as server-sent events, token by token.',
  stream_options: '`{"include_usage": true}` adds the usage to the end of a stream.',
  max_tokens: 'The most tokens to write. The default is that of the host; for completions 16.',
  temperature: '0 is greedy and repeatable; higher is more varied.',
  top_p: 'Only the likeliest tokens that sum to this probability are drawn from.',
  n: 'How many answers.',
  seed: 'Makes sampling repeatable, where the host can.',
  stop: 'A text, or texts, before which writing stops.',
};

const ITEM =
  'A text is a string or `{"type": "text", "text"}`; a picture is `{"image"}` or `{"type": "image_url", "image_url": {"url"}}` with an https address, a `data:` URL or base64 (PNG, JPEG, WebP, GIF; at most 10 MiB).';

export const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ChatRequest: {
    ...SAMPLING,
    messages: 'The conversation so far. Parts of a content (texts, pictures) go to the host as they are.',
    max_completion_tokens: 'The newer name of `max_tokens`.',
    tools: 'Functions that the model may call. They go to the host as they are; the tiny model has none.',
    response_format: 'Asks for JSON, where the host can.',
  },
  CompletionRequest: {
    ...SAMPLING,
    prompt: 'Text to continue, or up to 128 of them.',
    suffix: 'Text that comes after the insertion, at hosts that can insert.',
    echo: 'Whether the answer begins with the prompt.',
  },
  EmbeddingsRequest: {
    model: MODEL,
    input: `One item, or up to 2,048. ${ITEM}`,
    encoding_format: 'Numbers, or base64 of little-endian float32 bytes: a third of the size.',
    dimensions: 'Cuts vectors to this length, for models that allow it (`min_dimensions`).',
  },
  SimilarityRequest: {
    model: MODEL,
    query: `What the documents are compared with; a list gives a matrix. ${ITEM}`,
    documents: 'The items to sort by nearness, texts and pictures alike.',
    top_n: 'Only the nearest so many.',
    return_documents: 'Repeats each document in its result.',
  },
  ClassifyRequest: {
    model: MODEL,
    input: `What to classify: one item, or a list. ${ITEM}`,
    labels: 'Words, or `{"label", "prompts"}` with texts of your own that describe it; their vectors are averaged.',
    hypothesis_template: 'The text that `{}` in which is replaced by a label. The default is `a photo of a {}`.',
    multi_label: 'Score each label by itself, rather than all of them to a sum of 1.',
    top_k: 'Only the best so many labels per input.',
  },
  ImagesRequest: {
    model: MODEL,
    prompt: 'What the picture shows.',
    n: 'How many, with seeds one after the other.',
    size: '`<width>x<height>` in pixels, or `auto`; what a model takes stands under its `sizes`.',
    seed: 'The same prompt, size and seed give the same picture. Random by default, and told in the answer.',
    response_format: '`url` gives `data:` URLs: this Worker stores no pictures.',
    output_format: 'Where the host lets one choose.',
    negative_prompt: 'What the picture shall not show, where the host can.',
    guidance_scale: 'How closely it follows the prompt, where the host can.',
    num_inference_steps: 'More is slower and finer, where the host can.',
  },
};
