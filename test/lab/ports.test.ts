import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { LabError } from '../../lab/lab-error.js';
import { checkPortsFree, neededPorts, portsAt, portsFrom } from '../../lab/ports.js';

const ports = portsAt(31_400);

describe("the lab's ports", () => {
  it('are those of a phone system unless a setting moves them', () => {
    assert.equal(portsFrom({}).sip, 5060);
    const moved = portsFrom({ WALLETLINE_LAB_SIP_PORT: '5070', WALLETLINE_LAB_RTP_PORTS: '30000-30999' });
    assert.deepEqual([moved.sip, moved.rtpStart, moved.rtpEnd], [5070, 30_000, 30_999]);
    assert.equal(moved.ari, portsFrom({}).ari);
  });

  it('are refused when they are none', () => {
    for (const wrong of ['0', '65536', 'x', '50 60', '-1']) {
      assert.throws(() => portsFrom({ WALLETLINE_LAB_SIP_PORT: wrong }), LabError);
    }
    assert.throws(() => portsFrom({ WALLETLINE_LAB_RTP_PORTS: '30000' }), LabError);
  });

  it('one in use is named, with what it is for and the setting that moves it', async () => {
    const server = createServer().listen(ports.database, '127.0.0.1');
    await once(server, 'listening');
    try {
      await assert.rejects(
        checkPortsFree(ports, ['database', 'sip']),
        (error) =>
          error instanceof LabError && /31402 .*MySQL.*WALLETLINE_LAB_DATABASE_PORT\.$/.test(error.message),
      );
      await checkPortsFree(ports, ['sip', 'ari']);
    } finally {
      server.close();
    }
    await once(server, 'close');
    await checkPortsFree(ports, ['database']);
  });

  it('SIP is looked for on UDP', async () => {
    const socket = createSocket('udp4');
    socket.bind(ports.sip, '127.0.0.1');
    await once(socket, 'listening');
    try {
      await assert.rejects(checkPortsFree(ports, ['sip']), /SIP, is in use/);
    } finally {
      socket.close();
    }
  });

  it('only those of the parts that the lab runs itself are needed', () => {
    assert.deepEqual(neededPorts(new Set(['asterisk', 'bank']), true), [
      'sip',
      'ari',
      'ami',
      'bank',
      'bankControl',
      'http',
    ]);
    assert.deepEqual(neededPorts(new Set(), false), []);
  });
});
