// What `npm start` and `npm test` run on a bare clone: plain Node, no dependency. It installs the npm packages,
// compiles, and hands over to dist/lab/<command>.js; it passes signals on, and ends with the same exit code.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectDir = dirname(dirname(fileURLToPath(import.meta.url)));
const compiledFolders = ['src', 'lab', 'db', 'test/simulators'];

function fail(sentence) {
  process.stderr.write(`\n${sentence}\n`);
  process.exit(1);
}

function step(title, work) {
  const startedMs = performance.now();
  const remark = work();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`  ${seconds} s  ${title}: ${remark}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 12)) {
    fail(
      `Walletline needs Node 20.12 or newer and this is ${process.versions.node}: install a newer one and run this again.`,
    );
  }
}

const hashOf = (...texts) => createHash('sha256').update(texts.join('\0')).digest('hex');
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** Installs what package-lock.json names, unless a stamp says that exactly that is installed. */
function installPackages() {
  const stampFile = join(projectDir, 'node_modules', '.walletline-stamp');
  const stamp = hashOf(
    textOf(join(projectDir, 'package.json')),
    textOf(join(projectDir, 'package-lock.json')),
    process.versions.modules,
  );
  if (textOf(stampFile) === stamp) {
    return 'installed';
  }
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: projectDir,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error !== undefined || status !== 0) {
    fail(
      'The npm packages could not be installed (the reason stands above): check the network, the disk and the proxy settings of npm, and run this again.',
    );
  }
  writeFileSync(stampFile, stamp);
  return 'installed now';
}

function filesBelow(folder, wanted) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true })
    .filter(wanted)
    .map((name) => join(folder, name));
}

/** Compiles with tsc, unless nothing has changed since the last time. */
function compile() {
  const dist = join(projectDir, 'dist');
  const stampFile = join(dist, '.walletline-stamp');
  const sources = compiledFolders.flatMap((folder) =>
    filesBelow(join(projectDir, folder), (name) => name.endsWith('.ts')),
  );
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) =>
    join(projectDir, name),
  );
  const stamp = hashOf(
    ...[...sources, ...settings].map((file) => {
      const { mtimeMs, size } = statSync(file);
      return `${file} ${mtimeMs} ${size}`;
    }),
  );
  if (textOf(stampFile) === stamp) {
    return 'up to date';
  }
  // What a removed source left behind would still be run (migrations are found by their names).
  for (const compiled of filesBelow(dist, (name) => /\.js(\.map)?$/.test(name))) {
    const source = join(projectDir, compiled.slice(dist.length + 1).replace(/\.js(\.map)?$/, '.ts'));
    if (!existsSync(source)) {
      rmSync(compiled);
    }
  }
  const tsc = join(projectDir, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.build.json'], {
    cwd: projectDir,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    fail('The sources do not compile (the errors stand above): mend them and run this again.');
  }
  mkdirSync(dist, { recursive: true });
  writeFileSync(stampFile, stamp);
  return 'compiled now';
}

/** Who runs us: our parent, and, when that is the shell that npm puts between, npm itself. */
function ancestors() {
  const parent = process.ppid;
  if (process.env['npm_lifecycle_event'] === undefined) {
    return [parent];
  }
  const grandparent = /^PPid:\s*(\d+)/m.exec(textOf(`/proc/${parent}/status`))?.[1];
  return [parent, Number(grandparent)];
}

/** Runs the compiled command in the foreground; it ends when we are asked to, and when our own parent has ended. */
function handOver(command, args) {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(projectDir, 'dist', 'lab', `${command}.js`), ...args],
    // By the fourth descriptor the child notices that we have died.
    { cwd: projectDir, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  const above = ancestors();
  setInterval(() => {
    if (ancestors().join() !== above.join()) {
      child.kill('SIGTERM');
    }
  }, 500).unref();
  child.on('error', (error) =>
    fail(`${command} cannot be run (${error.message}): delete dist/ and run this again.`),
  );
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
    if (child.connected) {
      child.disconnect();
    }
    process.exit();
  });
}

const [command = '', ...args] = process.argv.slice(2);
const usages = {
  start: `npm start [-- --fresh]
Brings up the whole system with everything around it, and keeps it up until Ctrl-C.
  --fresh  forget all data, and begin with the lab's phones and cards
`,
  test: `npm test [-- FILE... [OPTIONS OF MOCHA]]
Runs everything: checks, unit tests, and calls in a lab that it starts; or only these test files in that lab.
npm run test:quick
Runs the checks, the unit tests, and one call of each service.
`,
};
const usage = usages[command];
if (usage === undefined) {
  fail('usage: node lab/bootstrap.mjs start [--fresh] | test [FILE...]');
}
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
  process.exit(0);
}
const unknown =
  command === 'start'
    ? args.find((arg) => arg !== '--fresh')
    : args[0] === '--quick'
      ? args[1] // What else the tests are given is mocha's to judge.
      : undefined;
if (unknown !== undefined) {
  process.stderr.write(`${usage}\nUnknown option '${unknown}'\n`);
  process.exit(2);
}
checkNode();
step('npm packages', installPackages);
step('sources', compile);
handOver(command, args);
