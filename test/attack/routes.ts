import { readFileSync } from 'node:fs';

const METHODS = ['get', 'post', 'patch', 'delete'] as const;

type Schema = {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
};
interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What /openapi.json says: a route that is missing in a table of attacks fails a test. */
const document: Document = JSON.parse(readFileSync(new URL('../../playground/openapi.json', import.meta.url), 'utf8'));

/** `POST /v1/chat/completions`, for all routes. */
export const ROUTES: readonly string[] = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
);

/** The fields that the JSON body of a route can have. */
export function fieldsOf(path: string): string[] {
  const content = document.paths[path]?.post?.requestBody?.content['application/json']?.schema;
  const schema = content?.$ref ? document.components.schemas[content.$ref.split('/').at(-1) ?? ''] : content;
  return Object.keys(schema?.properties ?? {});
}
