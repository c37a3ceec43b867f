/** What a caller can be allowed to do. */
export const SCOPES = ['text', 'embeddings', 'images', 'audio'] as const;
export type Scope = (typeof SCOPES)[number];
