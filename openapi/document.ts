import { HEADERS, PARAMETERS, SECURITY } from './components.ts';
import { ErrorResponses } from './describe-errors.ts';
import { describe } from './describe-operation.ts';
import { TAGS } from './operation.ts';
import { operations } from './operations.ts';
import type { Json, Recorded } from './parts.ts';
import { buildSchemas } from './schemas.ts';

/** The API as OpenAPI 3.1, from the schemas that the routes validate with. */
export function buildDocument(recorded: Readonly<Record<string, Recorded>>): Json {
  const errors = new ErrorResponses();
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, recorded[operation.id], errors),
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Cedalion',
      version: '1',
      summary: "Text generation, CLIP similarity, embeddings and image generation at the edge, over OpenAI's API.",
      description:
        'Every answer has `x-request-id`, which identifies the request in the log, and `server-timing`, in milliseconds by stage. The examples are real answers of the tiny models, which this project trains for demonstration and tests.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The Worker that serves this document.' }],
    security: [{ key: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: SECURITY,
      headers: HEADERS,
      parameters: PARAMETERS,
      responses: errors.all(),
      schemas: buildSchemas(),
    },
  };
}
