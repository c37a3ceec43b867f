/**
 * What some hosts do not take of OpenAI's API, and what is sent instead: see hosts/upstream/quirks.ts. An
 * operator can name them in `HOST_OPTIONS`.
 */
export const QUIRK_NAMES = [
  'no_stream_options',
  'max_completion_tokens',
  'max_tokens',
  'no_tool_pictures',
  'no_encoding_format',
  'no_response_format',
  'no_n',
  'no_seed',
] as const;

export type QuirkName = (typeof QUIRK_NAMES)[number];
