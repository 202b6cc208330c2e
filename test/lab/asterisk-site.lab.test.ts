import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { SipProbe } from './sip-probe.js';
import { agentDigest, withAsterisk } from './with-asterisk.js';

describe('Asterisk with the values of a site', () => {
  const test = withAsterisk();

  it('asks agents’ phones for a password with SHA-256 where the site says so', async function () {
    this.timeout(20_000);
    await test.asterisk.stop();
    await test.startWith({ 'site-agents-network': { 'inbound_auth/supported_algorithms_uas': 'SHA-256' } });
    const phone = await SipProbe.open(test.ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      phone.send('INVITE', '12580');
      const challenge = await phone.hears(/^SIP\/2.0 401/);
      const algorithms = [...challenge.matchAll(/algorithm=([\w-]+)/gi)].map(([, name]) => name);
      assert.deepEqual(algorithms, ['SHA-256']);
    } finally {
      phone.close();
    }
  });

  it('takes the app and agents’ phones from where the site says, and from nowhere else', async function () {
    this.timeout(20_000);
    await test.asterisk.stop();
    await test.startWith({
      'site-ari': { permit: '192.0.2.1/255.255.255.255' },
      'site-agents-network': {
        'endpoint/permit': '192.0.2.0/255.255.255.0',
        'inbound_auth/supported_algorithms_uas': 'MD5',
      },
    });
    assert.equal((await test.ari('GET', '/channels')).status, 403);
    const phone = await SipProbe.open(test.ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      phone.send('INVITE', '12580');
      const challenge = await phone.hears(/^SIP\/2.0 401/);
      phone.send('INVITE', '12580', {
        headers: [agentDigest(challenge, 'INVITE', `sip:12580@127.0.0.1:${test.ports.sip}`)],
      });
      // Refused as a wrong password is, so that nobody learns that it was right.
      for (let tries = 0; phone.heard.length < 2 && tries < 100; tries += 1) {
        await pause(20);
      }
      assert.deepEqual(phone.heard, Array(2).fill('SIP/2.0 401 Unauthorized'));
    } finally {
      phone.close();
    }
  });

  it('sends callers to the agents when the app is gone and the site says so, and ends their wait', async function () {
    this.timeout(20_000);
    await test.asterisk.stop();
    await test.startWith({ 'site-globals': { WHEN_APP_IS_GONE: 'agents', AGENTS_WAIT_SECONDS: '1' } });
    test.probe.send('INVITE', '12580');
    await test.probe.hears(/^SIP\/2.0 200/);
    await test.probe.hears(/^BYE/, 15_000);
  });

  it('lets nobody wait for agents outside of their hours', async function () {
    this.timeout(20_000);
    await test.asterisk.stop();
    await test.startWith({ 'site-globals': { WHEN_APP_IS_GONE: 'agents', AGENTS_OPEN: '*,*,30,feb' } });
    test.probe.send('INVITE', '12580');
    await test.probe.hears(/^SIP\/2.0 200/);
    assert.doesNotMatch(await test.asterisk.cli('queue show agents'), /PJSIP\/trunk/);
    await test.probe.hears(/^BYE/, 15_000);
  });
});
