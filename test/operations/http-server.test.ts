import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createHttpApp, listen } from '../../src/operations/http-server.js';
import { Metrics } from '../../src/operations/metrics.js';
import { silentLog } from '../support/silent-log.js';

describe('the operator’s HTTP side', () => {
  let server: Server;
  let url: string;
  let missing: string[];
  let degraded: string[];
  const metrics = new Metrics();
  metrics.watch({
    callsInProgress: () => 7,
    switchConnected: () => true,
    bankAvailable: () => false,
    ariRequests: () => new Map([['play', 2]]),
  });

  beforeEach(async () => {
    missing = [];
    degraded = [];
    const app = createHttpApp({
      ...{ metrics, notReady: async () => missing, degraded: () => degraded, log: silentLog },
    });
    server = await listen(app, '127.0.0.1:0');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('says that it lives', async () => {
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });

  it('says that it is ready, or by name what keeps it from taking calls', async () => {
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    missing = ['switch'];
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: 'not ready', missing: ['switch'] });
  });

  it('is ready without what it can do without, and names it', async () => {
    degraded = ['call-centre'];
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: 'ready', missing: [], degraded: ['call-centre'] });
  });

  it('publishes counters and what it watches', async () => {
    metrics.callEnded('completed');
    metrics.bankAnswered('55', 'retryPin');
    metrics.bankAlarm('unknown-code');
    const text = await (await fetch(`${url}/metrics`)).text();
    assert.match(text, /^walletline_calls_total\{outcome="completed"\} 1$/m);
    assert.match(text, /^walletline_bank_answers_total\{code="55",class="retryPin"\} 1$/m);
    assert.match(text, /^walletline_bank_alarms_total\{kind="unknown-code"\} 1$/m);
    assert.match(text, /^walletline_ari_requests_total\{operation="play"\} 2$/m);
    assert.match(text, /^walletline_calls_in_progress 7$/m);
    assert.match(text, /^walletline_bank_available 0$/m);
  });

  it('answers what it does not know with problem details, and names no software', async () => {
    const response = await fetch(`${url}/etc/passwd`);
    assert.equal(response.status, 404);
    assert.match(response.headers.get('content-type') ?? '', /application\/problem\+json/);
    assert.equal(response.headers.get('x-powered-by'), null);
  });

  it('lets go of clients who do not finish what they ask within the time that is meant', async function () {
    this.timeout(20_000);
    const { port } = server.address() as AddressInfo;
    const lives = async (text: string, drip: string) => {
      const began = performance.now();
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.write(text);
      const dripping = setInterval(() => socket.write(drip), 400);
      await new Promise<void>((resolve) => socket.once('close', () => resolve()));
      clearInterval(dripping);
      return performance.now() - began;
    };
    const head = 'POST /orders HTTP/1.1\r\nHost: x\r\n';
    const [silent, headers, body] = await Promise.all([
      lives('', ''),
      lives(head, 'X: y\r\n'),
      lives(`${head}Content-Type: application/json\r\nContent-Length: 999\r\n\r\n`, ' '),
    ]);
    assert.ok(silent < 6_000, `nothing: ${silent} ms`);
    assert.ok(headers < 6_000, `headers: ${headers} ms`);
    assert.ok(body < 11_500, `body: ${body} ms`);
  });

  it('names the setting when its port is taken', async () => {
    const app = createHttpApp({ metrics, notReady: async () => [], log: silentLog });
    await assert.rejects(listen(app, url.slice('http://'.length)), /WALLETLINE_HTTP_LISTEN/);
  });
});
