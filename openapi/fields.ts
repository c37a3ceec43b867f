/** Descriptions of all request fields. A test fails if a field of a route has none. */

const MODEL = 'An alias or id of `GET /v1/models`, or `openai/<id>` for model `<id>` at the host of OPENAI_BASE_URL.';

const SAMPLING = {
  model: MODEL,
  stream: 'Whether to stream the answer as server-sent events.',
  stream_options: '`{"include_usage": true}` adds the usage at the end of the stream.',
  max_tokens: 'Max tokens to generate. The default is that of the host; for completions 16.',
  temperature: 'Sampling temperature. 0 always takes the most likely token; higher values are more varied.',
  top_p: 'Nucleus sampling: only the most likely tokens that add up to this probability.',
  n: 'Number of answers.',
  seed: 'Makes sampling repeatable, if the host supports it.',
  stop: 'A string or strings at which generation stops. They are not part of the answer.',
};

const ITEM =
  'A text is a string or `{"type": "text", "text"}`; a picture is `{"image"}` or `{"type": "image_url", "image_url": {"url"}}` with an https URL, a `data:` URL or base64 (PNG, JPEG, WebP, GIF; at most 10 MiB).';

export const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ChatRequest: {
    ...SAMPLING,
    messages: 'The conversation. The parts of a content (texts, pictures) are forwarded to the host unchanged.',
    max_completion_tokens: 'The newer name of `max_tokens`.',
    tools: 'Functions that the model can call. They are forwarded unchanged. The tiny model does not support them.',
    response_format: 'Requests JSON output, if the host supports it.',
  },
  CompletionRequest: {
    ...SAMPLING,
    prompt: 'A text to continue, or up to 128 texts.',
    suffix: 'Text that follows the generated text, if the host supports insertion.',
    echo: 'Whether to repeat the prompt before the generated text.',
  },
  EmbeddingsRequest: {
    model: MODEL,
    input: `One item, or up to 2,048. ${ITEM}`,
    encoding_format:
      '`float` returns numbers; `base64` returns little-endian float32 in base64, about a third of the size.',
    dimensions: 'Length of the vectors, for models that can shorten them (`min_dimensions`).',
  },
  SimilarityRequest: {
    model: MODEL,
    query: `What the documents are compared with: one item, or a list. With a list, the answer has a matrix. ${ITEM}`,
    documents:
      'Items to sort by similarity, texts or pictures. At most 2,048 together with the queries, and 100,000 pairs.',
    top_n: 'Max number of results.',
    return_documents: 'Whether to return each document with its result.',
  },
  ClassifyRequest: {
    model: `${MODEL} The default is \`clip\`, or the model of the classifier.`,
    input: `What to classify: one item, or a list. ${ITEM}`,
    classifier_id: 'A classifier of `POST /v1/classifiers`, instead of `labels`. Either one is required.',
    labels:
      'Words, or `{"label", "prompts"}` with your own texts that describe the label. The vectors of its texts are averaged. At most 100,000 pairs of input and label.',
    hypothesis_template: 'Text in which `{}` is replaced by each label. The default is `a photo of a {}`.',
    multi_label: 'Whether to score each label independently. By default, the scores of an input add up to 1.',
    top_k: 'Max number of labels per input.',
  },
  ClassifierRequest: {
    name: 'A name for people.',
    model: MODEL,
    method:
      '`prototype`: the mean of the examples of each label. `ridge`: ridge regression. `auto` takes the one that leave-one-out finds better.',
    examples: `1 to 2,048 of \`{"input", "label"}\`. ${ITEM}`,
  },
  ClassifierUpdate: {
    name: 'A name for people.',
    model: 'Only with `examples`, and can be left out. Another model than that of the classifier is refused.',
    method: 'How it is trained from now on.',
    examples: `Examples to add, 1 to 2,048. A classifier has at most 10,000. ${ITEM}`,
  },
  ClientSecretRequest: {
    expires_after: '`{"seconds"}`: 10 to 3,600. The default is 600.',
    subject:
      'The device or user, of whom the token only has a digest. All tokens of one subject count together. Without it, each token is a subject.',
    scopes: "What the token can do: `text`, `embeddings`, `images`. The default is the key's scopes.",
    models: "Model ids and aliases. The default is the key's models.",
    limits:
      'Limits of the subject: `requests_per_minute`, `requests_per_day`, `concurrent_requests`, `tokens_per_day`, `images_per_day`, `usd_per_day`. The limits of the key apply as well.',
    origin: 'A web origin, such as https://app.example.com: the token only works on its pages.',
  },
  WebhookEndpointRequest: {
    url: 'An https URL at a public name, on the default port.',
    name: 'A name for people.',
    event_types: 'Events that are sent. The default is all.',
  },
  WebhookEndpointUpdate: {
    url: 'An https URL at a public name, on the default port.',
    name: 'A name for people.',
    event_types: 'Events that are sent.',
    enabled: 'Whether events are sent.',
  },
  RotateSecretRequest: {
    keep_old_secret_active_for_24_hours: 'Whether the old secret signs for 24 hours, too. The default is true.',
  },
  WebhookTestRequest: {
    event_type: 'The type of the event. The default is `webhook.test`.',
  },
  ImagesRequest: {
    model: MODEL,
    prompt: 'Description of the image.',
    n: 'Number of images. Their seeds are consecutive.',
    size: '`<width>x<height>` in pixels, or `auto`. Each model lists its limits in `sizes`.',
    seed: 'The same prompt, size and seed generate the same image. Random by default; the answer contains it.',
    response_format: '`url` returns `data:` URLs, since this Worker stores no images.',
    output_format: 'Image format, if the host lets the caller choose.',
    negative_prompt: 'What the image must not show, if the host supports it.',
    guidance_scale: 'How closely the image follows the prompt, if the host supports it.',
    num_inference_steps: 'Number of denoising steps, if the host supports it: more steps are slower and better.',
  },
};
