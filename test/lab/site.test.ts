import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderSite } from '../../lab/asterisk.js';
import { projectDir } from '../../lab/project-dir.js';

const template = ['[site-a](!)', '; port = 1', 'port = 1', 'name = x', '', '[site-b](!)', 'port = 2'].join(
  '\n',
);

describe("the dialplan's site file", () => {
  it('gets a value in its own section only, and keeps everything else', () => {
    assert.equal(renderSite(template, { 'site-b': { port: '9' } }), template.replace('port = 2', 'port = 9'));
  });

  it('takes a password with a $ in it as it stands', () => {
    assert.match(
      renderSite(template, { 'site-a': { name: '$6$rounds=1000$a$&b' } }),
      /name = \$6\$rounds=1000\$a\$&b/,
    );
  });

  it('refuses a name that it does not have', () => {
    assert.throws(() => renderSite(template, { 'site-a': { prot: '9' } }), /no site-a prot/);
  });

  it('listens on loopback alone, and lets nobody in, until a site says otherwise', async () => {
    const site = await readFile(join(projectDir, 'dialplan/site.conf'), 'utf8');
    assert.match(site, /^bind = 127\.0\.0\.1:5060$/m);
    assert.match(site, /^bindaddr = 127\.0\.0\.1$/m);
    assert.match(site, /^password = !$/m);
    assert.match(site, /^match = 127\.0\.0\.1$/m);
  });

  it('no log line of Asterisk may carry keys', async () => {
    const logger = await readFile(join(projectDir, 'dialplan/logger.conf'), 'utf8');
    const levels = logger
      .split('\n')
      .filter((line) => line.includes('=>'))
      .flatMap((line) => (line.split('=>')[1] ?? '').split(',').map((level) => level.trim()));
    assert.ok(levels.length > 0);
    assert.deepEqual([...new Set(levels)].sort(), ['error', 'security', 'warning']);
  });
});
