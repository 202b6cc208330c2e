import assert from 'node:assert/strict';
import { runCommand } from '../../../lab/run-command.js';

describe("a stranger's packets, on a real Asterisk", function () {
  this.timeout(90_000);

  it('count as keys of a caller who has sent nothing, unless the documented firewall stands before them', async () => {
    // Whoever is not root is so in a user namespace, and may have a network there.
    const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
    const probe = `ip link set lo up && exec ${process.execPath} --import tsx test/call/asterisk/stranger-probe.ts`;
    const { code, output } = await runCommand('unshare', [...asRoot, '--net', 'sh', '-c', probe], {
      timeoutMs: 80_000,
    });
    assert.equal(code, 0, output);
    const [line = ''] = output.split('\n').filter((one) => one.startsWith('{"unguarded"'));
    const { unguarded, guarded } = JSON.parse(line) as { unguarded: string; guarded: string };
    assert.match(unguarded, /9/, 'the test can see a stranger');
    assert.equal(guarded, '12');
  });
});
