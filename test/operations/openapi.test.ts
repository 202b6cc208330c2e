import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { drawOpenApi, openApiFile } from '../../lab/draw-openapi.js';
import { problemNames, problemType } from '../../src/operations/problem.js';
import { ApiWorld } from '../support/api-world.js';

type Operation = {
  operationId: string;
  responses: Record<string, { description: string }>;
  parameters?: { name: string; in: string }[];
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};

/** What express itself says that it serves. */
type Layer = { route?: { path: string; methods: Record<string, boolean> } };

describe('the OpenAPI document', () => {
  const text = drawOpenApi();
  const document = JSON.parse(text) as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  it('is what the routes are now (npm run draw writes it again)', () => {
    assert.equal(readFileSync(openApiFile, 'utf8'), text, 'docs/openapi.json is stale');
  });

  it('has every route that express serves, and no other', () => {
    const { stack } = new ApiWorld().app.router as unknown as { stack: Layer[] };
    const served = stack.flatMap(({ route }) =>
      route === undefined
        ? []
        : Object.keys(route.methods)
            // `_all`: what answers the methods that a path does not take.
            .filter((method) => method !== '_all')
            .map((method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`),
    );
    assert.ok(served.length > 10);
    assert.deepEqual(
      operations.map(({ path, method }) => `${method} ${path}`).sort(),
      [...new Set(served)].sort(),
    );
  });

  it('points at no schema that is not there, and has none that nothing points at', () => {
    const named = Object.keys(document.components.schemas);
    const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    assert.deepEqual([...used].sort(), named.sort());
    assert.ok(!text.includes('$defs'));
  });

  it('names each operation once, and each part of a path as a parameter', () => {
    assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = (operation.parameters ?? []).filter((each) => each.in === 'path');
      assert.deepEqual(
        parameters.map(({ name }) => name),
        inPath,
        path,
      );
    }
  });

  it('documents every type of problem with an operation that can answer it', () => {
    const descriptions = operations.flatMap(({ operation }) =>
      Object.values(operation.responses).map(({ description }) => description),
    );
    // Any address answers these, of which a document of operations has no place for one.
    const general = ['method-not-allowed'];
    for (const name of problemNames.filter((each) => !general.includes(each))) {
      assert.ok(
        descriptions.some((description) => description.includes(`${problemType(name)}:`)),
        name,
      );
    }
  });

  it('is served to whoever has a token', async () => {
    const world = new ApiWorld();
    await world.start();
    try {
      assert.deepEqual(await (await world.ask('shop', 'GET', '/openapi.json')).json(), document);
    } finally {
      world.stop();
    }
  });
});
