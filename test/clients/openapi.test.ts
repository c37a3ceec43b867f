import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIELDS } from '../../openapi/fields.ts';
import { generate } from '../../openapi/generate.ts';
import { operations } from '../../openapi/operations.ts';
import { EXAMPLE_SETTINGS } from '../../openapi/prepare.ts';
import { sendExample } from '../../openapi/record.ts';
import { errorTable } from '../../src/base/errors.ts';
import type { Gateway } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'playground/openapi.json'), 'utf8');
const document = JSON.parse(text);

describe('the document', () => {
  test('is up to date with the schemas of the routes; otherwise run `npm run openapi`', () => {
    for (const [path, generated] of Object.entries(generate())) {
      expect(readFileSync(join(ROOT, path), 'utf8'), path).toBe(generated);
    }
  });

  test('describes every request field', () => {
    for (const name of Object.keys(FIELDS)) {
      for (const [field, property] of Object.entries(document.components.schemas[name].properties)) {
        expect(property, `${name}.${field}`).toHaveProperty('description');
      }
    }
  });

  test('has every error code', () => {
    const missing = Object.keys(errorTable).filter((code) => !text.includes(`\`${code}\``));
    // No operation describes a missing route, nor a WebSocket.
    expect(missing).toEqual(['not_found', 'websocket_not_supported']);
  });

  test('passes the linter', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
    expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual(
      [],
    );
  });
});

describe('answers', () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema(document, 'openapi.json');
  const violations = (name: string, value: unknown) => {
    const validate = ajv.getSchema(`openapi.json#/components/schemas/${name}`);
    if (!validate) throw new Error(`The document has no schema ${name}.`);
    validate(value);
    const errors: ErrorObject[] = validate.errors ?? [];
    return errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  let stack: Gateway;
  beforeAll(async () => {
    stack = await startStack(EXAMPLE_SETTINGS);
  });
  afterAll(() => stack.stop());

  test.each(operations.filter(({ isHosted }) => !isHosted))(
    '$id: its example works, and the recorded and the current answer match the schema',
    async (operation) => {
      const { path, method, answer, event, example, request } = operation;
      if (request) expect(violations(request.name, example.body)).toEqual([]);
      const described = document.paths[path][method].responses[200];
      const response = await sendExample(stack.url, operation);
      const eventsIn = (stream: string) =>
        [...stream.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''));
      if (operation.readsRun === 'events') {
        const events = eventsIn(await response.text());
        expect(events.length).toBeGreaterThan(1);
        for (const value of events) expect(violations(answer.name, value)).toEqual([]);
      } else {
        expect(violations(answer.name, described.content['application/json'].example)).toEqual([]);
        expect(violations(answer.name, await response.json())).toEqual([]);
      }
      const absent = new Set(['x-cedalion-seed', 'x-cedalion-ignored', 'age']);
      // Of answers only if the cache is asked for, of vectors always.
      if (!operation.takesPictures) absent.add('cache-status');
      const headers = Object.keys(described.headers).filter((name) => !absent.has(name));
      for (const name of headers) expect(response.headers.has(name), name).toBe(true);
      const own = [...response.headers.keys()].filter((name) => name.startsWith('x-') || name === 'cache-status');
      for (const name of own) expect(Object.keys(described.headers), name).toContain(name);

      if (event) {
        const stream = await (await sendExample(stack.url, operation, { stream: true })).text();
        const events = eventsIn(stream);
        expect(events.length).toBeGreaterThan(1);
        for (const value of events) expect(violations(event.name, value)).toEqual([]);
        expect(stream).toMatch(
          operation.hasNamedEvents ? /"type":"(response\.completed|message_stop)".*\n\n$/ : /data: \[DONE\]\n\n$/,
        );
      }
    },
  );

  test.each(operations.filter(({ isHosted }) => isHosted))(
    '$id: without a host, its example gets an error that says what to set',
    async (operation) => {
      const { request, example, onlyForm } = operation;
      if (request && !onlyForm) expect(violations(request.name, example.body)).toEqual([]);
      await expect(sendExample(stack.url, operation)).rejects.toThrow(
        /status 503.*(HF_TOKEN, OPENAI_BASE_URL|OPENAI_BASE_URL, HF_TOKEN)/,
      );
    },
  );

  const posted = operations.filter(({ request, onlyForm }) => request && !onlyForm);
  test.each(posted)('$id: a field that is null is one that was not sent', async (operation) => {
    const { properties, required = [] } = document.components.schemas[operation.request?.name ?? ''];
    const given = Object.keys(operation.example.body ?? {});
    const optional = Object.keys(properties).filter((name) => !given.includes(name) && !required.includes(name));
    const nulls = Object.fromEntries(optional.map((name) => [name, null]));
    const sent = sendExample(stack.url, operation, { ...nulls, ...(operation.records && { background: null }) });
    if (operation.isHosted) await expect(sent).rejects.toThrow(/status 503.*HF_TOKEN/);
    else expect((await sent).ok).toBe(true);
  });

  test('to invalid requests match the error schema', async () => {
    for (const [path, status] of [
      ['/v1/models', 401],
      ['/v1/nothing', 401],
      ['/nothing', 404],
    ] as const) {
      const response = await fetch(stack.url + path);
      expect(response.status).toBe(status);
      expect(violations('ErrorBody', await response.json())).toEqual([]);
    }
  });
});
