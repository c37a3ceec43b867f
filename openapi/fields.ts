/** Descriptions of all request fields. A test fails if a field of a route has none. */

const MODEL = 'An alias or id of `GET /v1/models`, or `openai/<id>` for model `<id>` at the host of OPENAI_BASE_URL.';

const SAMPLING = {
  model: MODEL,
  stream: 'Whether to stream the answer as server-sent events.',
  stream_options: '`{"include_usage": true}` adds the usage at the end of the stream.',
  max_tokens: 'Max tokens to generate. The default is that of the host; for completions 16.',
  max_completion_tokens: 'The newer name of `max_tokens`.',
  temperature: 'Sampling temperature. 0 always takes the most likely token; higher values are more varied.',
  top_p: 'Nucleus sampling: only the most likely tokens that add up to this probability.',
  n: 'Number of answers.',
  best_of: 'Number of answers that the host generates to choose from, if it supports that. Each of them counts.',
  seed: 'Makes sampling repeatable, if the host supports it.',
  stop: 'A string or strings at which generation stops. They are not part of the answer.',
};

const { n: _, best_of: __, ...REPEATED } = SAMPLING;

const ITEM =
  'A text is a string or `{"type": "text", "text"}`; a picture is `{"image"}` or `{"type": "image_url", "image_url": {"url"}}` with an https URL, a `data:` URL or base64 (PNG, JPEG, WebP, GIF, and what the host of the model decodes; at most 10 MiB). A string that is a `data:` URL is a picture, too.';

export const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ChatRequest: {
    ...SAMPLING,
    messages: 'The conversation. The parts of a content (texts, pictures) are forwarded to the host unchanged.',
    tools: 'Functions that the model can call. They are forwarded unchanged. The tiny model does not support them.',
    response_format: 'Requests JSON output, if the host supports it.',
    prompt:
      '`{"id", "version", "variables"}`: a prompt of `GET /v1/prompts`, whose messages come before those of the request. `model` and `messages` are then optional.',
  },
  PromptRequest: {
    ...REPEATED,
    variables: 'An object with the variables of the prompt, as its `input_schema` says.',
    version: 'The version that is expected: another one is an error.',
    model: `${MODEL} The default is that of the prompt.`,
  },
  CompletionRequest: {
    ...SAMPLING,
    prompt: 'A text to continue, or up to 128 texts.',
    suffix: 'Text that follows the generated text, if the host supports insertion.',
    echo: 'Whether to repeat the prompt before the generated text.',
  },
  ResponseRequest: {
    model: MODEL,
    input:
      'A text, or the items of a conversation: messages with texts and pictures, function calls and their results. Reasoning is left out. Items that are only referred to must be of a response that is kept.',
    prompt:
      '`{"id", "version", "variables"}`: a file of prompts/. Its messages come before the input, and it has a model: then neither `input` nor `model` is required.',
    instructions: 'A system message before the input. It is not taken over from `previous_response_id`.',
    stream: SAMPLING.stream,
    temperature: SAMPLING.temperature,
    top_p: SAMPLING.top_p,
    max_output_tokens: 'Max tokens to generate, reasoning included.',
    tools: 'Functions that the model can call, and the client runs. Other types of tools are rejected.',
    tool_choice: '`auto`, `none`, `required`, one function, or `allowed_tools`.',
    background_options:
      'OpenAI: when a background response is to be complete. `2h` and `8h` are taken, and done as soon as possible.',
    parallel_tool_calls: 'Whether the model can call several functions at once, if the host lets the caller choose.',
    text: '`format` requests JSON, with or without a schema, if the host supports it.',
    reasoning: '`effort` is forwarded to the host. Its reasoning, if it shows it, is in the output.',
    include: '`message.output_text.logprobs` adds log probabilities. Other values are ignored.',
    top_logprobs: 'How many of the most likely tokens to show at each place.',
    metadata: 'Is repeated in the response.',
    store: 'Whether the response is kept, for as long as a run. The default is false, unlike at OpenAI.',
    background: 'Whether to answer at once, and to go on without a connection. The response is kept.',
    previous_response_id: 'A response that is kept: its input and output come before the input of this one.',
  },
  EmbeddingsRequest: {
    model: MODEL,
    input: `One item, or up to 2,048. ${ITEM}`,
    encoding_format:
      '`float` returns numbers; `base64` returns little-endian float32 in base64, about a third of the size.',
    modality:
      'What all strings of the input are: `text`; or `image`, and then each is an https URL, a `data:` URL or base64.',
    dimensions: 'Length of the vectors, for models that can shorten them (`min_dimensions`).',
    output_dtype: "Voyage's name for the kind of the numbers: only `float`.",
    embedding_type: "Jina's name for the same.",
    embedding_types: "Cohere's name for the same.",
  },
  SimilarityRequest: {
    model: MODEL,
    query: `What the documents are compared with: one item, or a list. With a list, the answer has a matrix. ${ITEM}`,
    documents:
      'Items to sort by similarity, texts or pictures. At most 2,048 together with the queries, and 100,000 pairs.',
    top_n: 'Max number of results.',
    top_k: 'The same as `top_n`.',
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
    top_n: 'The same as `top_k`.',
  },
  ModerationRequest: {
    model: MODEL,
    input:
      'A text, up to 100 texts, or up to 16 parts that are judged together: `{"type": "text", "text"}`, `{"type": "image_url", "image_url": {"url"}}`.',
  },
  RerankRequest: {
    model: MODEL,
    query: `What the documents are compared with. ${ITEM}`,
    documents:
      'Up to 2,047 texts, pictures, or with `rank_fields` any objects. An object without `rank_fields` has a `text`, or an `image`.',
    top_n: 'Max number of results.',
    top_k: 'The same as `top_n`.',
    return_documents: 'Whether to return each document with its result. By default, if all of them are texts.',
    rank_fields: 'Fields of the objects that are compared, in this order.',
  },
  TaskRequest: {
    inputs:
      'What the task is done with. A picture is base64, a `data:` URL, an https URL if labels come with it, or `{"image"}` with one of these.',
    parameters: "The parameters of the task, as in Hugging Face's specification.",
    stream: 'Whether to stream, for `text-generation`.',
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
    scopes: "What the token can do: `text`, `embeddings`, `images`, `audio`. The default is the key's scopes.",
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
  McpMessage: {
    jsonrpc: 'The version of JSON-RPC.',
    id: 'Of the request, chosen by the client. A notification has none.',
    method: '`tools/list`, `tools/call`, `server/discover`; before 2026-07-28 `initialize`, `ping`.',
    params: 'The parameters of the method.',
  },
  TranscriptionForm: {
    model: `${MODEL} Send it before the file: otherwise the form has at most 14 MiB.`,
    language: 'The language of the sound, such as `en`.',
    response_format: 'What the answer is: JSON, a text, or subtitles. Hosts do not have all of them.',
    temperature: 'Sampling temperature, 0 to 1.',
    'timestamp_granularities[]': 'What has times in `verbose_json`: words, segments or both.',
    stream: 'Whether to stream the answer as server-sent events, if the host supports it.',
  },
  SpeechRequest: {
    model: MODEL,
    input: 'The text to speak.',
    voice: 'One of the voices of the model: `alloy` of OpenAI, `af_alloy` of Kokoro.',
    instructions: 'How to speak, for models that can be told.',
    response_format: '`mp3`, `wav`, `opus`, `aac`, `flac` or `pcm`. Hosts do not have all of them.',
    speed: '1 is normal.',
    stream_format: '`sse` streams events with pieces of the sound in base64, if the host supports it.',
  },
  EditRequest: {
    model: MODEL,
    prompt: 'What the image is to become.',
    images:
      'Images to change: an https URL, a `data:` URL or base64 (PNG, JPEG, WebP, GIF; at most 10 MiB). Open models take one.',
    mask: 'An image: the first one may only change where this one is transparent. Open models take none.',
    n: 'Number of images.',
    size: 'Size of the answer, if the host lets you choose it.',
    seed: 'The same request with the same seed gives the same image, if the host supports it.',
    stream: 'Whether to answer with an event for each image, in base64.',
    marks:
      '`none`: the file does not say that the image is generated. Only if the setting `PICTURE_MARKS_OPTIONAL` of the server allows it.',
    response_format: '`b64_json`, or `url` for a `data:` URL. No image is stored.',
  },
  ImagesRequest: {
    model: MODEL,
    prompt: 'Description of the image.',
    n: 'Number of images. Their seeds are consecutive.',
    size: '`<width>x<height>` in pixels, or `auto`. Each model lists its limits in `sizes`.',
    seed: 'The same prompt, size and seed generate the same image. Random by default; the answer contains it.',
    stream: 'Whether to answer with an event for each image, in base64.',
    marks:
      '`none`: the file does not say that the image is generated. Only if the setting `PICTURE_MARKS_OPTIONAL` of the server allows it.',
    partial_images: 'Has no effect: an image is sent once, when it is complete.',
    response_format: '`url` returns `data:` URLs, since this Worker stores no images.',
    output_format: 'Image format, if the host lets the caller choose.',
    negative_prompt: 'What the image must not show, if the host supports it.',
    guidance_scale: 'How closely the image follows the prompt, if the host supports it.',
    num_inference_steps: 'Number of denoising steps, if the host supports it: more steps are slower and better.',
  },
};
