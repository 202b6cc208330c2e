import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SipProbe } from './sip-probe.js';
import { agentDigest, withAsterisk } from './with-asterisk.js';

describe('Asterisk with the files of dialplan/', () => {
  const test = withAsterisk();

  it('starts without an error or a warning', async () => {
    const messages = await readFile(join(test.folder, 'log/asterisk/messages.log'), 'utf8');
    assert.match(messages, /Asterisk 22\.\d+/);
    assert.doesNotMatch(messages, /ERROR|WARNING/);
  });

  for (const user of ['12580', 's', '']) {
    it(`is alive to a trunk that asks ${user === '' ? 'for nobody' : `for ${user}`}, with the app or without it`, async () => {
      test.probe.send('OPTIONS', user);
      const answer = await test.probe.hears(/^SIP/);
      assert.match(answer, /^SIP\/2.0 200/);
      assert.doesNotMatch(answer, /Asterisk/i);
    });
  }

  it('tells a stranger neither what it is nor whose', async () => {
    const stranger = await SipProbe.open(test.ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      stranger.send('INVITE', '12580');
      const challenge = await stranger.hears(/^SIP\/2.0 401/);
      assert.doesNotMatch(challenge, /asterisk|walletline/i);
    } finally {
      stranger.close();
    }
    const answer = await test.ari('GET', '/channels', 'wrong');
    assert.doesNotMatch(JSON.stringify([...answer.headers]), /asterisk|walletline/i);
  });

  it('keeps all of its files and logs from everybody else, though some were there before', async () => {
    const files = await Promise.all(
      ['asterisk/etc', 'log/asterisk'].map(async (name) => {
        const names = await readdir(join(test.folder, name));
        return names.map((file) => join(test.folder, name, file));
      }),
    );
    for (const file of files.flat()) {
      assert.equal((await stat(file)).mode & 0o077, 0, file);
    }
    assert.ok(files.flat().some((file) => file.endsWith('security.log')));
  });

  it('goes on with a log that was copied and emptied under it', async () => {
    const log = join(test.folder, 'log/asterisk/security.log');
    const stranger = await SipProbe.open(test.ports.sip, { address: '127.0.0.2', user: 'nobody' });
    try {
      stranger.send('OPTIONS', '12580');
      await stranger.hears(/^SIP\/2.0 401/);
      await truncate(log);
      stranger.send('OPTIONS', '1');
      let text = '';
      for (let tries = 0; text === '' && tries < 100; tries += 1) {
        await pause(20);
        text = await readFile(log, 'latin1');
      }
      assert.match(text, /^\[.*SecurityEvent=/);
    } finally {
      stranger.close();
    }
  });

  it('loads nothing through which SIP could be logged, or keys come in another way', async () => {
    for (const module of [
      'res_pjsip_logger',
      'res_pjsip_dtmf_info',
      'res_ari_asterisk',
      'pbx_spool',
      'app_system',
    ]) {
      assert.match(await test.asterisk.cli(`module show like ${module}`), /\b0 modules loaded/, module);
    }
  });

  it('lets one app at a time into AMI', async () => {
    const logIn = async (): Promise<{ socket: Socket; answer: string | undefined }> => {
      const socket = connect(test.ports.ami, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.write('Action: Login\r\nUsername: walletline\r\nSecret: another long password\r\n\r\n');
      for (let tries = 0; !text.includes('Response:') && tries < 200; tries += 1) {
        await pause(20);
      }
      return { socket, answer: /Response: (\w+)/.exec(text)?.[1] };
    };
    const first = await logIn();
    const second = await logIn();
    first.socket.destroy();
    second.socket.destroy();
    assert.deepEqual([first.answer, second.answer], ['Success', 'Error']);
  });

  it('refuses a call with 503, unanswered, when the app is gone', async () => {
    test.probe.send('INVITE', '12580');
    await test.probe.hears(/^SIP\/2.0 503/);
    assert.ok(!test.probe.heard.some((line) => line.startsWith('SIP/2.0 2')));
  });

  for (const number of [
    '12581',
    '125800',
    '1258',
    's',
    '13900139000',
    '12580&Local',
    'h',
    '1001',
    '12580*',
    '12580*12345',
    '12580*1234567',
    '12580*12x',
    '12580*1*2',
    '*8',
    '12580%00',
    '12580%00123',
    '0123456789',
  ]) {
    it(`knows no number ${number}`, async () => {
      test.probe.send('INVITE', number);
      await test.probe.hears(/^SIP\/2.0 404/);
    });
  }

  for (const user of ['1001', '1002', 'trunk', '13800138000']) {
    it(`takes no call from ${user} at an address that it does not know, without a password`, async () => {
      const stranger = await SipProbe.open(test.ports.sip, { address: '127.0.0.2', user });
      try {
        for (const number of ['12580', '12581', '1001']) {
          stranger.send('INVITE', number);
          await stranger.hears(/^SIP\/2.0 401/);
        }
        assert.ok(!stranger.heard.some((line) => /^SIP\/2.0 (1|2|404)/.test(line)));
      } finally {
        stranger.close();
      }
    });
  }

  for (const [number, known] of [
    ...['12580', '12581', '12580*123456'].map((each) => [each, true] as const),
    ...[
      '12582',
      '12580*12345',
      '12580*1234567',
      '12580*12345x',
      '12580#123456',
      '1001',
      '13900139000',
      's',
      'h',
    ].map((each) => [each, false] as const),
  ]) {
    it(`${known ? 'lets' : 'does not let'} an agent transfer to ${number}`, async () => {
      const found = await test.asterisk.cli(`dialplan show ${number}@agent-transfers`);
      assert.equal(/no existence/.test(found), !known, found);
      assert.match(await test.asterisk.cli(`dialplan show ${number}@from-agent`), /no existence/);
    });
  }

  it('hands a call to the app unanswered, and answers when the app says so', async () => {
    const disconnect = await test.connectApp();
    try {
      test.probe.send('INVITE', '12580');
      await test.probe.hears(/^SIP\/2.0 100/);
      let channels: string[] = [];
      for (let tries = 0; channels.length === 0 && tries < 100; tries += 1) {
        const application = (await (await test.ari('GET', '/applications/walletline')).json()) as {
          channel_ids: string[];
        };
        channels = application.channel_ids;
      }
      const [channel = ''] = channels;
      assert.ok(!test.probe.heard.some((line) => line.startsWith('SIP/2.0 2')));
      assert.equal((await test.ari('POST', `/channels/${channel}/answer`)).status, 204);
      assert.match(await test.probe.hears(/^SIP\/2.0 200/), /^o=- [\s\S]*^s=-\r$/m);
      assert.equal((await test.ari('DELETE', `/channels/${channel}`)).status, 204);
      await test.probe.hears(/^BYE/);
    } finally {
      disconnect();
    }
  });

  it('lets the app send a caller on to the agents, who ring', async () => {
    const disconnect = await test.connectApp();
    try {
      test.probe.send('INVITE', '12580');
      let channel: string | undefined;
      for (let tries = 0; channel === undefined && tries < 100; tries += 1) {
        const live = (await (await test.ari('GET', '/channels')).json()) as {
          id: string;
          dialplan: { app_name: string };
        }[];
        channel = live.find(({ dialplan }) => dialplan.app_name === 'Stasis')?.id;
      }
      assert.equal((await test.ari('POST', `/channels/${channel ?? ''}/answer`)).status, 204);
      await test.probe.hears(/^SIP\/2.0 200/);
      const continued = await test.ari(
        'POST',
        `/channels/${channel ?? ''}/continue?context=agents&extension=12581`,
      );
      assert.equal(continued.status, 204);
      let waiting = '';
      for (let tries = 0; !/127|trunk/.test(waiting) && tries < 20; tries += 1) {
        waiting = (await test.asterisk.cli('queue show agents')).split('Callers:')[1] ?? '';
      }
      assert.match(waiting, /PJSIP\/trunk/);
      await test.ari('DELETE', `/channels/${channel ?? ''}`);
      await test.probe.hears(/^BYE/);
    } finally {
      disconnect();
    }
  });

  it('asks for the password of the app, and keeps only its hash', async () => {
    assert.equal((await test.ari('GET', '/channels', 'wrong')).status, 401);
    const site = await readFile(join(test.folder, 'asterisk/etc/site.conf'), 'utf8');
    assert.ok(!site.includes(test.ariPassword));
  });

  it('offers nobody a way to switch on a log of keys', async () => {
    assert.equal((await test.ari('POST', '/asterisk/logging/keys?configuration=dtmf')).status, 404);
  });

  it('is gone at once when it is killed, and comes back', async () => {
    await test.asterisk.kill('SIGKILL');
    await assert.rejects(test.ari('GET', '/channels'));
    await test.asterisk.start();
    assert.equal((await test.ari('GET', '/channels')).status, 200);
  });

  it('lets an agent’s phone in with its password', async () => {
    const phone = await SipProbe.open(test.ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      phone.send('INVITE', '12580');
      const challenge = await phone.hears(/^SIP\/2.0 401/);
      phone.send('INVITE', '12580', {
        headers: [agentDigest(challenge, 'INVITE', `sip:12580@127.0.0.1:${test.ports.sip}`)],
      });
      // Known, and has nobody to call.
      await phone.hears(/^SIP\/2.0 404/);
    } finally {
      phone.close();
    }
  });

  it('is not alive to a trunk that asks, and refuses calls with 503, while it drains', async () => {
    const disconnect = await test.connectApp();
    const caller = await SipProbe.open(test.ports.sip);
    try {
      caller.send('INVITE', '12580');
      await caller.hears(/^SIP\/2.0 100/);
      // One call goes on, so that it waits.
      await pause(300);
      // The console waits as well.
      const stopping = test.asterisk.cli('core stop gracefully').catch(() => undefined);
      for (const user of ['12580', 's', '']) {
        let answer = '';
        for (let tries = 0; !answer.startsWith('SIP/2.0 503') && tries < 50; tries += 1) {
          const asking = await SipProbe.open(test.ports.sip);
          asking.send('OPTIONS', user);
          answer = await asking.hears(/^SIP/);
          asking.close();
          await pause(100);
        }
        assert.match(answer, /^SIP\/2.0 503/);
      }
      test.probe.send('INVITE', '12580');
      await test.probe.hears(/^SIP\/2.0 503/);
      await test.asterisk.cli('core abort shutdown');
      const asking = await SipProbe.open(test.ports.sip);
      asking.send('OPTIONS', '12580');
      await asking.hears(/^SIP\/2.0 200/);
      asking.close();
      await stopping;
    } finally {
      caller.close();
      disconnect();
    }
  });
});
