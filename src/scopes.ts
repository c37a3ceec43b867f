/** What a caller can be allowed to do. */
export const SCOPES = ['text', 'embeddings', 'images'] as const;
export type Scope = (typeof SCOPES)[number];
