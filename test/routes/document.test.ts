import { describe, expect, it } from 'vitest';
import document from '../../playground/openapi.json';
import app from '../../src/worker.ts';

describe('the OpenAPI document', () => {
  it('describes exactly the routes of the Worker', () => {
    const served = app.routes
      .filter(({ method, path }) => method !== 'OPTIONS' && path !== '/*')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{\.\+\})?/g, '{$1}')}`);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        [path, ...((operation as { 'x-also-at'?: string[] })['x-also-at'] ?? [])].map(
          (at) => `${method.toUpperCase()} ${at}`,
        ),
      ),
    );
    expect(served.length).toBeGreaterThan(0);
    expect(described.sort()).toEqual(served.sort());
  });
});
