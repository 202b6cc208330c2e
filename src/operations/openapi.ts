import { z } from 'zod';
import { apiRoles } from './api-tokens.js';
import { healthPaths } from './health-routes.js';
import { type ProblemName, problemNames, problems, problemType } from './problem.js';
import type { Reach, Route } from './route.js';

type Json = Record<string, unknown>;

const reachWords = {
  all: 'all',
  own: 'their own',
  none: 'nothing',
} as const satisfies Record<Reach, string>;

/** Problems that any route with a token can answer, and any that takes a body. */
const everyRoute: readonly ProblemName[] = [
  'bad-request',
  'unauthenticated',
  'forbidden',
  'too-many-requests',
  'internal',
  'api-off',
];
const everyBody: readonly ProblemName[] = [
  'bad-json',
  'not-utf8',
  'member-twice',
  'body-too-large',
  'not-json',
  'invalid-body',
];
const everyId: readonly ProblemName[] = ['not-found'];

/** Returns the OpenAPI 3.1 document of these routes and of the open ones. */
export function openApi(routes: readonly Route[]): Json {
  const schemas = new Schemas();
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = pathOf(route.path);
    paths[path] = { ...paths[path], [route.method]: operation(route, schemas) };
  }
  for (const [path, { operationId, summary, type, statuses }] of Object.entries(healthPaths)) {
    paths[path] = {
      get: {
        operationId,
        summary,
        security: [],
        responses: Object.fromEntries(
          statuses.map((status) => [status, { description: summary, content: { [type]: {} } }]),
        ),
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Walletline', version: '1', description: description() },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { ...schemas.named, Problem: problemSchema },
    },
  };
}

/** "/orders/:id" as OpenAPI writes it. */
function pathOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operation(route: Route, schemas: Schemas): Json {
  const parameters = [
    ...(route.id === undefined ? [] : [parameter('id', 'path', true, schemas.of(route.id, 'input'))]),
    ...(route.query === undefined ? [] : queryParameters(schemas.of(route.query, 'input'))),
    ...(route.idempotent === true
      ? [
          parameter('Idempotency-Key', 'header', true, {
            type: 'string',
            description: 'Up to 128 printable characters, in quotes or without.',
          }),
        ]
      : []),
    ...(route.events === undefined
      ? []
      : [
          parameter('Last-Event-ID', 'header', false, {
            type: 'string',
            pattern: '^[0-9a-f-]{36}\\.\\d{1,9}$',
          }),
        ]),
  ];
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: [route.details, rolesOf(route)].filter((text) => text !== undefined).join('\n\n'),
    'x-roles': route.reach,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemas.of(route.body, 'input') } },
          },
        }),
    responses: { ...answersOf(route, schemas), ...problemsOf(route) },
  };
}

function rolesOf({ reach }: Route): string {
  return `Roles: ${apiRoles.map((role) => `${role} – ${reachWords[reach[role]]}`).join('; ')}.`;
}

function parameter(name: string, place: 'path' | 'query' | 'header', required: boolean, schema: Json): Json {
  return { name, in: place, required, schema };
}

function queryParameters({ properties = {}, required = [] }: Json): readonly Json[] {
  return Object.entries(properties as Record<string, Json>).map(([name, schema]) =>
    parameter(name, 'query', (required as string[]).includes(name), schema),
  );
}

function answersOf({ answers, events }: Route, schemas: Schemas): Record<string, Json> {
  const responses = Object.fromEntries(
    Object.entries(answers).map(([status, { description: text, schema, headers = [] }]): [string, Json] => [
      status,
      {
        description: text,
        ...(headers.length === 0
          ? {}
          : { headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])) }),
        ...(schema === undefined
          ? {}
          : { content: { 'application/json': { schema: schemas.of(schema, 'output') } } }),
      },
    ]),
  );
  return events === undefined
    ? responses
    : {
        200: {
          description: 'The stream. The data of each event:',
          content: { 'text/event-stream': { schema: schemas.of(events, 'output') } },
        },
        ...responses,
      };
}

/** Problems share a status, so each status lists the types it can have. */
function problemsOf(route: Route): Record<string, Json> {
  const names = new Set([
    ...everyRoute,
    ...(route.method === 'post' ? everyBody : []),
    ...(route.id === undefined ? [] : everyId),
    ...route.problems,
  ]);
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of problemNames.filter((each) => names.has(each))) {
    const { status } = problems[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, types]) => [
      status,
      {
        description: types.map((name) => `${problemType(name)}: ${problems[name].title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

const problemSchema: Json = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri-reference', enum: problemNames.map(problemType) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'urn:uuid: and the request’s id, which the log has too.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          pointer: { type: 'string', description: 'Where in the body: a JSON pointer as a fragment.' },
          parameter: { type: 'string' },
          header: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

function description(): string {
  const types = problemNames.map(
    (name) => `| \`${problemType(name)}\` | ${problems[name].status} | ${problems[name].title} |`,
  );
  return [
    'Orders, calls and payments of Walletline, for agents, shops, operators and auditors.',
    'Authorization: Bearer and a token. Bodies are JSON of at most 16 kB, members that are not known are refused. ' +
      'Amounts are whole numbers of fen. Times are UTC. Every read of an order, a payment or a call is written ' +
      'down before it is answered. Requests are limited for each user; the RateLimit headers say what is left. ' +
      'Every answer carries X-Request-Id.',
    'Every refusal is a problem (RFC 9457). Its `type`:',
    ['| type | status | |', '|---|---|---|', ...types].join('\n'),
  ].join('\n\n');
}

/** JSON Schemas made of zod's; those that carry an id stand once among the components. */
class Schemas {
  readonly named: Record<string, Json> = {};

  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _,
      $defs = {},
      ...made
    } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
    }) as Json;
    for (const [id, definition] of Object.entries($defs as Record<string, Json>)) {
      this.named[id] = withRefs(definition);
    }
    return withRefs(made);
  }
}

/** Points references at the components; the id stands in their name already. */
function withRefs(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { id: _, ...rest } = JSON.parse(text) as Json;
  return rest;
}
