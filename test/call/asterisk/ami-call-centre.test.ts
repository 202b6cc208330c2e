import assert from 'node:assert/strict';
import { createAmiCallCentre } from '../../../src/call/asterisk/ami-call-centre.js';
import type { AgentConversation, CallCentre } from '../../../src/call/call-centre.js';
import { FakeClock } from '../../support/fake-clock.js';
import { RecordedLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { FakeAmi } from './fake-ami.js';

const caller = { Channel: 'PJSIP/trunk-00000005', Uniqueid: '100.5', CallerIDNum: '13800138000' };
const agent = { Channel: 'PJSIP/1001-00000006', Uniqueid: '100.6', CallerIDNum: '12580' };
const bridge = { BridgeUniqueid: 'b1', BridgeType: 'basic' };
const ticket = '0123456789';

describe('the call centre behind AMI', () => {
  let ami: FakeAmi;
  let log: RecordedLog;
  let clock: FakeClock;
  let centre: CallCentre;
  let keyed: AgentConversation[];

  const limits = { openMs: 300, pingMs: 30, pongMs: 100, firstRetryMs: 10, greatestRetryMs: 20 };

  function create(url = ami.url): CallCentre {
    return createAmiCallCentre({ url, log, clock, actionMs: 200, socketLimits: limits, random: () => 0.5 });
  }

  async function start(): Promise<void> {
    centre = create();
    centre.start((conversation) => keyed.push(conversation));
    await until(() => centre.available, 'the call centre is reached');
  }

  async function talk(): Promise<void> {
    ami.channels = [
      { ...caller, BridgeID: 'b1', Application: 'Queue', Seconds: '0' },
      { ...agent, BridgeID: 'b1', Application: 'AppQueue', Seconds: '0' },
    ];
    ami.event({ Event: 'BridgeEnter', ...bridge, ...agent });
    ami.event({ Event: 'BridgeEnter', ...bridge, ...caller });
    await until(() => centre.conversations().length === 1, 'they talk');
  }

  beforeEach(async () => {
    ami = await FakeAmi.listen();
    log = new RecordedLog();
    clock = new FakeClock();
    keyed = [];
  });
  afterEach(async () => {
    await centre.stop();
    await ami.close();
  });

  describe('who talks with whom', () => {
    it('knows a conversation from when both are in a bridge until one leaves', async () => {
      await start();
      ami.event({ Event: 'BridgeEnter', ...bridge, ...agent });
      await talk();
      assert.deepEqual(centre.conversations(), [
        {
          channelId: '100.5',
          agentChannelId: '100.6',
          callerNumber: '13800138000',
          agent: '1001',
          since: clock.now(),
        },
      ]);
      ami.event({ Event: 'BridgeLeave', ...bridge, ...agent });
      await until(() => centre.conversations().length === 0, 'the agent left');
    });

    it('forgets a line that was hung up, whatever bridge it was in', async () => {
      await start();
      await talk();
      ami.event({ Event: 'Hangup', ...caller });
      await until(() => centre.conversations().length === 0, 'the caller hung up');
    });

    it('learns at the connection who talks already, and since when', async () => {
      ami.channels = [
        { ...caller, BridgeID: 'b1', Application: 'Queue', Seconds: '90' },
        { ...agent, BridgeID: 'b1', Application: 'AppQueue', Seconds: '20' },
        { Channel: 'PJSIP/trunk-00000009', Uniqueid: '100.9', BridgeID: '', Application: 'Queue' },
      ];
      await start();
      const [conversation] = centre.conversations();
      assert.equal(centre.conversations().length, 1);
      assert.equal(conversation?.since.getTime(), clock.now().getTime() - 20_000);
    });

    it('does not take a bridge of our own application, nor two agents, for a conversation', async () => {
      ami.channels = [
        { ...caller, BridgeID: 'walletline-1', Application: 'Stasis' },
        { ...agent, BridgeID: 'walletline-1', Application: 'Stasis' },
      ];
      await start();
      ami.event({ Event: 'BridgeEnter', ...bridge, BridgeType: 'stasis', ...agent });
      ami.event({ Event: 'BridgeEnter', ...bridge, BridgeType: 'stasis', ...caller });
      const agents = { Event: 'BridgeEnter', BridgeUniqueid: 'b2', BridgeType: 'basic' };
      ami.event({ ...agents, ...agent });
      ami.event({ ...agents, Channel: 'PJSIP/1002-00000007', Uniqueid: '100.7' });
      const real = { Event: 'BridgeEnter', BridgeUniqueid: 'b3', BridgeType: 'basic' };
      ami.event({ ...real, Channel: 'PJSIP/1002-00000008', Uniqueid: '100.8' });
      ami.event({ ...real, Channel: 'PJSIP/trunk-00000009', Uniqueid: '100.9' });
      const ids = () => centre.conversations().map(({ channelId }) => channelId);
      await until(() => ids().includes('100.9'), 'the last is one');
      assert.deepEqual(ids(), ['100.9']);
    });

    it('keeps nothing of a number that is none', async () => {
      await start();
      ami.event({ Event: 'BridgeEnter', ...bridge, ...agent });
      ami.event({ Event: 'BridgeEnter', ...bridge, ...caller, CallerIDNum: '<unknown>' });
      await until(() => centre.conversations().length === 1, 'they talk');
      assert.equal(centre.conversations()[0]?.callerNumber, undefined);
    });

    it('tells of the feature code, with the conversation of the agent who keyed it', async () => {
      await start();
      await talk();
      const told = { Event: 'UserEvent', UserEvent: 'WalletlinePay', ...agent, Proof: ami.proof };
      ami.event({ ...told, UserEvent: 'Other' });
      ami.event({ ...told, Uniqueid: '100.99' });
      ami.event(told);
      await until(() => keyed.length > 0, 'the key is told');
      assert.deepEqual(keyed, centre.conversations());
    });

    it('believes no feature code that does not carry what it has put into the dialplan', async () => {
      await start();
      await talk();
      assert.match(ami.proof, /^[0-9a-f]{32}$/);
      const forged = { Event: 'UserEvent', UserEvent: 'WalletlinePay', ...agent };
      const before = ami.actions.length;
      ami.event(forged);
      ami.event({ ...forged, Proof: '0'.repeat(32) });
      await until(
        () => log.lines.filter((line) => /without our proof/.test(line)).length === 2,
        'both are told',
      );
      assert.deepEqual(keyed, []);
      // The dialplan may have been reloaded and lost it: it is put there again.
      await until(() => ami.actions.length > before, 'the proof is put back');
      assert.equal(ami.actions.at(-1)?.['Variable'], 'WALLETLINE_PROOF');
    });

    it('takes no notice of an event that says one thing twice', async () => {
      await start();
      await talk();
      for (const lines of [
        ['Event: BridgeLeave', 'BridgeUniqueid: b1', 'Uniqueid: 100.6', 'Uniqueid: 100.5'],
        ['Response: Success', 'ActionID: 1', 'ActionID: 2', 'Event: Hangup', 'Uniqueid: 100.5'],
        ['Event: UserEvent', 'UserEvent: WalletlinePay', 'UserEvent: WalletlinePay', `Proof: ${ami.proof}`],
      ]) {
        ami.raw(`${lines.join('\r\n')}\r\n\r\n`);
      }
      await until(
        () => log.lines.filter((line) => /one thing twice/.test(line)).length === 3,
        'all are told',
      );
      assert.equal(centre.conversations().length, 1);
      assert.deepEqual(keyed, []);
    });

    it('takes no answer to an action from whoever cannot know how it was named', async () => {
      await start();
      await talk();
      ami.answer = () => undefined;
      const moved = centre.move({ channelId: '100.5', ticket, agentComesToo: true });
      for (let nth = 0; nth < 20; nth += 1) {
        ami.raw(`Response: Success\r\nActionID: walletline-${nth}\r\n\r\n`);
      }
      assert.equal(await moved, 'unavailable');
    });
  });

  describe('a move', () => {
    const move = { channelId: '100.5', ticket, agentComesToo: true };

    it('takes both lines at once, each to its place', async () => {
      await start();
      await talk();
      assert.equal(await centre.move(move), 'moved');
      const { ActionID: _, ...action } = ami.actions.at(-1) ?? {};
      assert.deepEqual(action, {
        Action: 'Redirect',
        Channel: 'PJSIP/trunk-00000005',
        Context: 'payment-session',
        Exten: ticket,
        Priority: '1',
        Extrachannel: 'PJSIP/1001-00000006',
        Extracontext: 'agent-waits',
        Extraexten: ticket,
        Extrapriority: '1',
      });
    });

    it('takes the caller alone', async () => {
      await start();
      await talk();
      assert.equal(await centre.move({ ...move, agentComesToo: false }), 'moved');
      const { ActionID: _, ...action } = ami.actions.at(-1) ?? {};
      assert.deepEqual(Object.keys(action).sort(), ['Action', 'Channel', 'Context', 'Exten', 'Priority']);
    });

    it('is none of lines that Asterisk does not know as we do, whatever events said', async () => {
      await start();
      await talk();
      const [one = {}, other = {}] = ami.channels;
      for (const channels of [
        [],
        [one],
        [one, { ...other, BridgeID: 'b2' }],
        [one, { ...other, Uniqueid: '100.7' }],
        [
          { ...one, BridgeID: '' },
          { ...other, BridgeID: '' },
        ],
      ]) {
        ami.channels = channels;
        assert.equal(await centre.move(move), 'gone');
      }
      assert.ok(!ami.actions.some(({ Action }) => Action === 'Redirect'));
    });

    it('is gone when nobody talks on that line, or it ended in the meantime', async () => {
      await start();
      assert.equal(await centre.move(move), 'gone');
      await talk();
      ami.answer = () => ({ Response: 'Error', Message: 'Channel does not exist: PJSIP/trunk-00000005' });
      assert.equal(await centre.move(move), 'gone');
    });

    it('is unavailable, and says why, when Asterisk refuses it or does not answer', async () => {
      await start();
      await talk();
      ami.answer = () => ({ Response: 'Error', Message: 'Permission denied' });
      assert.equal(await centre.move(move), 'unavailable');
      assert.match(log.lines.join(), /Permission denied/);
      ami.answer = () => undefined;
      assert.equal(await centre.move(move), 'unavailable');
      assert.match(log.lines.join(), /did not answer the action/);
    });

    for (const evil of ['1\r\nAction: Originate', '1\nX: y', '12&System(x)', '', '1,2']) {
      it(`is not sent with ${JSON.stringify(evil)} in a value`, async () => {
        await start();
        await talk();
        const before = ami.actions.length;
        assert.equal(await centre.move({ ...move, ticket: evil }), 'unavailable');
        assert.equal(ami.actions.length, before);
      });
    }

    it('is not sent to a channel whose name says more than itself', async () => {
      await start();
      ami.event({ Event: 'BridgeEnter', ...bridge, ...agent });
      ami.event({ Event: 'BridgeEnter', ...bridge, ...caller, Channel: 'Local/1@x;2' });
      await until(() => centre.conversations().length === 1, 'they talk');
      const before = ami.actions.length;
      assert.equal(await centre.move(move), 'unavailable');
      assert.equal(ami.actions.length, before);
    });
  });

  describe('the connection', () => {
    it('comes back when it is lost, keeps what it knew meanwhile, and then learns anew', async () => {
      await start();
      await talk();
      ami.alive = false;
      ami.cut();
      await until(() => !centre.available, 'it is lost');
      assert.equal(centre.conversations().length, 1);
      assert.equal(await centre.move({ channelId: '100.5', ticket, agentComesToo: true }), 'unavailable');
      ami.alive = true;
      ami.channels = [];
      await until(() => centre.available, 'it is back');
      assert.deepEqual(centre.conversations(), []);
    });

    it('notices a far end that went silent', async () => {
      await start();
      ami.alive = false;
      await until(() => !centre.available, 'the silence is noticed');
      ami.alive = true;
      await until(() => centre.available, 'it is back');
    });

    it('does not join half of a message to the next connection', async () => {
      await start();
      ami.raw('Event: BridgeEnter\r\nBridgeType: ba');
      ami.cut();
      await until(() => ami.logins === 2 && centre.available, 'it is back');
      await talk();
    });

    it('waits for an Asterisk that is not there yet', async () => {
      const { port } = ami;
      await ami.close();
      centre = create(`ami://walletline:pass%20word@127.0.0.1:${port}`);
      centre.start(() => undefined);
      await until(() => log.lines.join().includes('ECONNREFUSED'), 'it tried');
      ami = await FakeAmi.listen(port);
      await until(() => centre.available, 'it is reached');
    });

    it('says once that the password is refused, never which, and goes on trying', async () => {
      ami.password = 'another';
      centre = create();
      centre.start(() => undefined);
      await until(() => ami.logins > 2, 'it tries again');
      assert.equal(log.lines.filter((line) => line.startsWith('ERROR')).length, 1);
      assert.doesNotMatch(log.lines.join(), /pass word|pass%20word/);
      ami.password = 'pass word';
      await until(() => centre.available, 'it is let in');
    });

    it('takes notice of what happens while it learns', async () => {
      ami.channels = [
        { ...caller, BridgeID: 'b1', Application: 'Queue', Seconds: '90' },
        { ...agent, BridgeID: 'b1', Application: 'AppQueue', Seconds: '20' },
      ];
      centre = create();
      centre.start(() => undefined);
      await until(() => ami.logins === 1, 'it logs in');
      ami.event({ Event: 'Hangup', ...caller });
      await until(() => centre.available, 'it has learned');
      await until(() => centre.conversations().length === 0, 'the caller is gone');
    });

    it('is over after stop, also while it is down', async () => {
      await start();
      await ami.close();
      await centre.stop();
      ami = await FakeAmi.listen();
      assert.equal(centre.available, false);
    });
  });
});
