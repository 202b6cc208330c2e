import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { apiRoutes } from '../../src/operations/api-routes.js';
import { problemNames, problems, problemType } from '../../src/operations/problem.js';
import { ApiWorld, type Asking, paying, talking } from '../support/api-world.js';

type Details = {
  type: string;
  status: number;
  title: string;
  instance: string;
  errors?: { pointer?: string; parameter?: string; header?: string; detail: string }[];
};

const order = { service: 'bill', target: '13900139000', amountMinor: 100 };
const session = '/calls/:id/payment-session';

/** Asks with exactly these header lines, as no client library does. */
async function rawRequest(url: string, path: string, lines: readonly string[]) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write([`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...lines, '', ''].join('\r\n'));
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
  }
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body };
}

/** Bodies that do not fit, by route, with where the fault is. */
const badBodies: Readonly<Record<string, readonly (readonly [unknown, string])[]>> = {
  '/orders': [
    [undefined, '#'],
    [[], '#'],
    [{ ...order, service: 'lottery' }, '#/service'],
    [{ ...order, target: '1390013900' }, '#/target'],
    [{ ...order, details: { phone: '13900139000' } }, '#/target'],
    [{ ...order, target: undefined }, '#/target'],
    [{ ...order, target: undefined, details: {} }, '#/details/phone'],
    [{ ...order, target: undefined, details: { phone: 13900139000 } }, '#/details/phone'],
    [{ ...order, target: undefined, details: { phone: '13900139000', more: 1 } }, '#/details'],
    [{ ...order, target: undefined, details: [] }, '#/details'],
    [{ ...order, service: 'recharge', amountMinor: 150 }, '#/amountMinor'],
    [{ ...order, service: 'recharge', amountMinor: 50_100 }, '#/amountMinor'],
    [{ ...order, service: 'card-balance' }, '#/service'],
    [{ ...order, target: 13900139000 }, '#/target'],
    [{ ...order, target: "1390013900'" }, '#/target'],
    [{ ...order, amountMinor: 0 }, '#/amountMinor'],
    [{ ...order, amountMinor: -100 }, '#/amountMinor'],
    [{ ...order, amountMinor: 1.5 }, '#/amountMinor'],
    [{ ...order, amountMinor: '100' }, '#/amountMinor'],
    [{ ...order, amountMinor: 1e300 }, '#/amountMinor'],
    [{ ...order, amountMinor: 100_001 }, '#/amountMinor'],
    [{ ...order, currency: 'USD' }, '#/currency'],
    [{ ...order, reference: '' }, '#/reference'],
    [{ ...order, reference: 'r'.repeat(65) }, '#/reference'],
    [{ ...order, reference: 'a\r\nAction: Originate' }, '#/reference'],
    [{ ...order, note: 'n'.repeat(256) }, '#/note'],
    [{ ...order, note: 'a\u202eb' }, '#/note'],
    [{ ...order, note: null }, '#/note'],
    [{ ...order, createdBy: 'duty' }, '#/createdBy'],
    [{ ...order, '6222020200112233446': 1 }, '#/…'],
  ],
  '/orders/:id/cancel': [
    [{ force: true }, '#/force'],
    [[], '#'],
  ],
  [session]: [
    [undefined, '#'],
    [{ way: 'sideways' }, '#/way'],
    [{ way: 'assisted' }, '#/orderId'],
    [{ way: 'assisted', orderId: '1' }, '#/orderId'],
    [{ way: 'blind', agent: '1002' }, '#/agent'],
  ],
  [`${session}/capture`]: [
    [undefined, '#'],
    [{ field: 'cvv' }, '#/field'],
    [{ field: 'card-pin', digits: '123456' }, '#/digits'],
  ],
  [`${session}/complete`]: [[{ pin: '123456' }, '#/pin']],
  [`${session}/cancel`]: [[{ why: 'x' }, '#/why']],
};

describe('requests that do not fit', () => {
  let world: ApiWorld;
  let orderId: string;

  beforeEach(async () => {
    world = new ApiWorld();
    await world.start();
    ({ id: orderId } = await world.populate());
  });

  afterEach(() => world.stop());

  const post = async (path: string, asking: Asking) => {
    const id = path.startsWith('/orders') ? orderId : paying;
    const headers = { 'Idempotency-Key': 'k', ...asking.headers };
    return world.ask('1001', 'POST', path.replace(':id', id), { ...asking, headers });
  };
  const details = async (response: Response, name: keyof typeof problems): Promise<Details> => {
    const given = (await response.json()) as Details;
    assert.equal(given.type, problemType(name));
    assert.equal(response.status, problems[name].status);
    assert.equal(given.status, response.status);
    assert.equal(given.title, problems[name].title);
    assert.equal(given.instance, `urn:uuid:${response.headers.get('x-request-id') ?? ''}`);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    return given;
  };

  it('are tried on every route that takes a body', () => {
    const posts = apiRoutes.filter(({ method }) => method === 'post').map(({ path }) => path);
    assert.deepEqual(Object.keys(badBodies).sort(), posts.sort());
  });

  for (const [path, bodies] of Object.entries(badBodies)) {
    it(`are refused by ${path} with a pointer to the fault, and change nothing`, async () => {
      for (const [body, pointer] of bodies) {
        const given = await details(await post(path, { body }), 'invalid-body');
        assert.deepEqual(
          given.errors?.map((each) => each.pointer),
          [pointer],
          JSON.stringify(body),
        );
      }
      assert.deepEqual(world.sessions.begun, []);
      assert.deepEqual(world.sessions.steered, []);
      assert.equal((await world.orders.find(orderId))?.state, 'open');
    });

    it(`are refused by ${path} when they are no JSON, too large, of another type or compressed`, async () => {
      for (const raw of ['{', '"text"']) {
        await details(await post(path, { raw }), 'bad-json');
      }
      const broken = new Uint8Array([...Buffer.from('{"note":"'), 0xc3, 0x28, ...Buffer.from('"}')]);
      const halfPair = new Uint8Array([...Buffer.from('{"note":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')]);
      await details(await post(path, { raw: broken }), 'not-utf8');
      await details(await post(path, { raw: halfPair }), 'not-utf8');
      await details(await post(path, { body: { note: 'x'.repeat(17_000) } }), 'body-too-large');
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; charset=utf-7',
      ]) {
        await details(await post(path, { raw: '{}', headers: { 'content-type': type } }), 'not-json');
      }
      const raw = new Uint8Array(gzipSync(JSON.stringify(order)));
      await details(await post(path, { raw, headers: { 'content-encoding': 'gzip' } }), 'not-json');
    });
  }

  it('are refused when a body names a member twice, at any depth and however it is written', async () => {
    const bodies = {
      '{"service":"bill","service":"recharge","target":"13900139000","amountMinor":100}': '#/service',
      '{"amountMinor":100,"target":"13900139000","service":"bill","amount\\u004dinor":90000}':
        '#/amountMinor',
      '{"note":{"a":1,"b":[{"x":"}{","x":2}]}}': '#/note/b/0/x',
      '{"6222020200112233446":1,"6222020200112233446":2}': '#/…',
    };
    for (const [raw, pointer] of Object.entries(bodies)) {
      const given = await details(await post('/orders', { raw }), 'member-twice');
      assert.deepEqual(
        given.errors?.map((each) => each.pointer),
        [pointer],
        raw,
      );
    }
    const once = '{"service":"bill","target":"13900139000","amountMinor":100,"note":"\\"service\\":\\"x\\""}';
    assert.equal((await post('/orders', { raw: once })).status, 201);
  });

  it('are refused when any of their texts holds a card number, however it is written', async () => {
    const written = [
      '6222020200112233446',
      '6222.0202.0011.2233.446',
      '6222  0202  0011  2233446',
      'no. 12: 6222/0202/0011/2233/446, 5 yuan',
      '６２２２０２０２００１１２２３３４４６',
      '٦٢٢٢٠٢٠٢٠٠١١٢٢٣٣٤٤٦',
      '6222\u00ad0202\u200b0011\u20602233\ufeff446',
      '6222\u034f0202\ufe0f0011\u20e32233446',
      '𝟔𝟐𝟐𝟐𝟎𝟐𝟎𝟐𝟎𝟎𝟏𝟏𝟐𝟐𝟑𝟑𝟒𝟒𝟔',
      '⑥②②②⓪②⓪②⓪⓪①①②②③③④④⑥',
      '❻❷❷❷⓿❷⓿❷⓿⓿❶❶❷❷❸❸❹❹❻',
      '六二二二零二零二零零一一二二三三四四六',
      '陆贰贰贰〇贰〇贰〇〇壹幺贰贰叁叁肆肆陆',
    ];
    for (const text of written) {
      for (const field of ['note', 'reference'] as const) {
        const given = await details(
          await post('/orders', { body: { ...order, [field]: text } }),
          'invalid-body',
        );
        assert.deepEqual(
          [...new Set(given.errors?.map((each) => each.pointer))],
          [`#/${field}`],
          `${field}: ${text}`,
        );
      }
    }
    const halves = { ...order, reference: '6222020200', note: '112233446' };
    await details(await post('/orders', { body: halves }), 'invalid-body');
    const byKey = await post('/orders', {
      body: order,
      headers: { 'Idempotency-Key': '6222-0202-0011-2233-446' },
    });
    assert.deepEqual((await details(byKey, 'bad-request')).errors, [
      { header: 'Idempotency-Key', detail: 'must not hold a card number' },
    ]);
  });

  it('fit when they hold other digits', async () => {
    const texts = [
      '订单20261123-0001 金额100.00元',
      'tel. 0755-12345678, 13900139000',
      '一二三四五六七八九十',
      '2026112300012345678',
    ];
    for (const [index, note] of texts.entries()) {
      const response = await post('/orders', {
        body: { ...order, note },
        headers: { 'Idempotency-Key': `other-${index}` },
      });
      assert.equal(response.status, 201, note);
    }
  });

  it('are refused when a header that counts once comes twice', async () => {
    const twice = async (name: string, values: readonly string[]) => {
      const { status, body } = await rawRequest(world.url, `/orders/${orderId}`, [
        ...(name === 'Authorization' ? [] : ['Authorization: Bearer token-of-1001']),
        ...values.map((value) => `${name}: ${value}`),
      ]);
      return [status, (JSON.parse(body) as Details).errors];
    };
    const errors = (header: string) => [400, [{ header, detail: 'must come once' }]];
    const tokensTwice = ['Bearer token-of-1001', 'Bearer token-of-duty'];
    assert.deepEqual(await twice('Authorization', tokensTwice), errors('Authorization'));
    assert.deepEqual(await twice('Content-Type', ['application/json', 'text/plain']), errors('Content-Type'));
    assert.deepEqual(await twice('Idempotency-Key', ['a', 'b']), errors('Idempotency-Key'));
    assert.deepEqual(await twice('Last-Event-ID', ['1', '2']), errors('Last-Event-ID'));
  });

  it('name every fault of a body at once', async () => {
    const given = await details(
      await post('/orders', { body: { service: 1, amountMinor: 'x', extra: 1 } }),
      'invalid-body',
    );
    assert.deepEqual(given.errors?.map(({ pointer }) => pointer).sort(), [
      '#/amountMinor',
      '#/extra',
      '#/service',
    ]);
  });

  it('never have what they said repeated', async () => {
    const secret = '6222020200112233446';
    const bodies: Asking[] = [
      { body: { ...order, [secret]: secret, note: secret, service: secret } },
      { raw: `{"note": "${secret}"` },
    ];
    for (const asking of bodies) {
      assert.ok(!(await (await post('/orders', asking)).text()).includes(secret));
    }
    await world.ask('1001', 'GET', `/calls?day=${secret}&${secret}=1`);
    await world.ask('1001', 'GET', `/nothing/${secret}?${secret}`);
    assert.ok(!world.log.lines.join('\n').includes(secret));
  });

  it('are refused by their query', async () => {
    const queries = {
      'day=2026-02-30': 'day',
      'day=today': 'day',
      'day=2026-11-23&day=2026-11-24': 'day',
      'limit=0': 'limit',
      'limit=201': 'limit',
      'limit=x': 'limit',
      'limit=0x10': 'limit',
      'limit=1e1': 'limit',
      'limit=%205': 'limit',
      'limit=': 'limit',
      'limit=%EF%BC%95': 'limit',
      'day=%ff': 'day',
      'after=%ff': 'after',
      'after=x': 'after',
      'agent=1002': 'agent',
    };
    for (const [query, parameter] of Object.entries(queries)) {
      const given = await details(await world.ask('1001', 'GET', `/calls?${query}`), 'bad-request');
      assert.deepEqual(
        given.errors?.map((each) => each.parameter),
        [parameter],
        query,
      );
    }
    await details(await world.ask('1001', 'GET', `/orders/${orderId}?x=1`), 'bad-request');
    await details(await world.ask('1001', 'GET', '/orders/%'), 'bad-request');
    await details(
      await world.ask('1001', 'GET', `/calls/${paying}/events`, { headers: { 'Last-Event-ID': 'x' } }),
      'bad-request',
    );
  });

  it('are told which methods an address takes', async () => {
    const allowed = {
      '/orders': 'POST',
      [`/orders/${orderId}`]: 'GET, HEAD',
      '/calls': 'GET, HEAD',
      [`/calls/${talking}/payment-session`]: 'POST, GET, HEAD',
      '/metrics': 'GET, HEAD',
    };
    for (const [path, allow] of Object.entries(allowed)) {
      const response = await world.ask('1001', 'DELETE', path);
      await details(response, 'method-not-allowed');
      assert.equal(response.headers.get('allow'), allow);
    }
    assert.equal((await world.ask('1001', 'HEAD', `/calls/${paying}/events`)).status, 405);
  });

  it('find nothing where there is nothing', async () => {
    await details(await world.ask('1001', 'GET', '/nothing'), 'not-found');
    await details(await world.ask('duty', 'GET', '/calls/1763870400.99'), 'not-found');
    await details(await world.ask('duty', 'GET', '/calls/..%2f..%2fetc'), 'not-found');
    await details(await world.ask('duty', 'GET', '/calls/1763870400.99/payment-session'), 'not-found');
    await details(
      await world.ask('duty', 'GET', '/payments/019ab000-0000-7000-8000-000000000000'),
      'not-found',
    );
    await details(await world.ask('duty', 'GET', '/payments/000000123456'), 'not-found');
  });

  it('are told what a session refuses', async () => {
    const expected = {
      'no-such-call': 'not-found',
      'not-now': 'not-now',
      'order-not-open': 'order-not-open',
      'call-centre-unavailable': 'call-centre-unavailable',
    } as const;
    for (const [refusal, name] of Object.entries(expected)) {
      world.sessions.refusal = refusal as keyof typeof expected;
      await details(await post(session, { body: { way: 'blind' } }), name);
      await details(await post(`${session}/complete`, {}), name);
    }
  });

  it('are told when something failed here, which is logged with the id that they got', async () => {
    world.callRecords.page = async () => {
      throw new Error('the database is away');
    };
    const response = await world.ask('duty', 'GET', '/calls');
    await details(response, 'internal');
    const line = world.log.lines.find((each) => each.startsWith('ERROR an HTTP request failed'));
    assert.ok(line?.includes(response.headers.get('x-request-id') ?? '?'));
  });

  it('are told that the API is off when nobody has a token', async () => {
    const off = new ApiWorld({ isOn: false });
    await off.start();
    try {
      for (const { method, path } of apiRoutes) {
        await details(await off.ask('1001', method.toUpperCase(), path), 'api-off');
      }
      assert.equal((await off.ask(undefined, 'GET', '/healthz')).status, 200);
    } finally {
      off.stop();
    }
  });

  it('have a type for each way of refusing, of which no two are one', () => {
    assert.equal(new Set(problemNames.map((name) => problems[name].title)).size, problemNames.length);
  });
});
