/** OpenAI's categories. Source: https://platform.openai.com/docs/guides/moderation */
export const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** One text, or several parts that belong together. */
export type Judged = string | readonly ModerationPart[];
export type ModerationPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** What a host says of one input. */
export interface Verdict {
  readonly flagged: boolean;
  readonly categories: Readonly<Partial<Record<string, boolean | null>>>;
  /** From 0 to 1. */
  readonly category_scores: Readonly<Partial<Record<string, number>>>;
  /** Which parts each category was looked for in. */
  readonly category_applied_input_types?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Of Llama Guard: its own categories, `S1` to `S14`. */
  readonly hazards?: readonly string[];
}
