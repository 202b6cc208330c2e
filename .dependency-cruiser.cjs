/** Who may import whom: docs/ARCHITECTURE.md in rules. `left may import right, nothing else`. */
const shared =
  '^src/(address|command-line|running-lab|money|amount-rule|clock|secret|log|decline-reason|phone-number)\\.ts$';

/** A folder of src/ may import itself, the shared files, and what is listed. */
const mayImport = (folder, ...allowed) => ({
  name: `${folder.replaceAll('/', '-')}-imports`,
  comment: `src/${folder} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [`^src/${folder}/`, shared, ...allowed.map((path) => `^src/${path}`)] },
});

/** A package may be imported by these places only. */
const packageOnlyIn = (name, ...places) => ({
  name: `${name.replace(/[^a-z0-9]/g, '-')}-only-there`,
  comment: `${name} is imported only in ${places.join(', ')}`,
  severity: 'error',
  from: { path: '^(src|lab|db|test)/', pathNot: places.map((place) => `^${place}`) },
  to: { path: `^node_modules/${name}/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'product-knows-no-test-or-lab',
      severity: 'error',
      from: { path: '^(src|db)/' },
      to: { path: '^(test|lab)/' },
    },
    {
      name: 'only-main-composes',
      severity: 'error',
      from: { pathNot: '^(src/(main|compose|compose-services)\\.ts$|lab/|test/)' },
      to: { path: '^src/compose(-services)?\\.ts$' },
    },
    mayImport('dialogue'),
    mayImport('services', 'dialogue/', 'languages/catalogue\\.ts'),
    // A language is spoken by what speech/ offers; speech/ itself knows none.
    mayImport('languages', 'dialogue/(line|language)\\.ts', 'speech/'),
    mayImport('call', 'dialogue/line\\.ts', 'speech/'),
    mayImport('speech', 'dialogue/line\\.ts'),
    {
      name: 'no-language-by-name',
      comment: 'the folder of a language is known to the catalogue only',
      severity: 'error',
      from: { path: '^(src|lab|db)/', pathNot: '^src/languages/' },
      to: { path: '^src/languages/[^/]+/' },
    },
    {
      name: 'languages-know-no-other',
      severity: 'error',
      from: { path: '^src/languages/([^/]+)/' },
      to: { path: '^src/languages/[^/]+/', pathNot: '^src/languages/$1/' },
    },
    mayImport('bank', 'database/'),
    mayImport('provider', 'clock\\.ts'),
    mayImport('wallet', 'bank/bank\\.ts', 'database/'),
    mayImport('ledger', 'database/'),
    mayImport(
      'payment',
      'ledger/',
      'wallet/(wallet|card-in-text|pin-door)\\.ts',
      'bank/(bank|response-code)\\.ts',
      'provider/(provider|provider-registry)\\.ts',
      'database/',
    ),
    mayImport('conversation', 'dialogue/frames\\.ts', 'database/'),
    mayImport('call-log', 'call/call\\.ts', 'conversation/', 'database/'),
    mayImport('database'),
    mayImport(
      'session',
      'dialogue/',
      'call/(call|call-centre|deferred)\\.ts',
      'payment/',
      'wallet/(wallet|pin-door|attempts)\\.ts',
      'bank/bank\\.ts',
      'provider/carrier/carrier\\.ts',
      'call-log/call-log\\.ts',
      'conversation/conversations\\.ts',
      'services/service\\.ts',
    ),
    // The API works on ports: the sessions of callers and the call centre are told what to do through them, and
    // no dialogue is within its reach.
    mayImport(
      'operations',
      'payment/',
      'ledger/',
      'wallet/(wallet|card-number|card-in-text)\\.ts',
      'call-log/',
      'call/(call|call-centre)\\.ts',
      'session/payment-sessions\\.ts',
      'bank/bank\\.ts',
      'provider/(provider|carrier/carrier)\\.ts',
      'services/',
      'database/',
    ),
    {
      name: 'call-does-not-know-asterisk',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(call/asterisk/|compose\\.ts$)' },
      to: { path: '^src/call/asterisk/' },
    },
    packageOnlyIn('xstate', 'src/dialogue/', 'test/dialogue/', 'lab/draw-dialogues'),
    packageOnlyIn('ari-client', 'src/call/asterisk/'),
    packageOnlyIn('asterisk-manager', 'src/call/asterisk/'),
    packageOnlyIn('(knex|mysql2)', 'src/[a-z-]+/mysql', 'src/database/', 'db/', 'test/support/database'),
    packageOnlyIn('(express|express-rate-limit|helmet)', 'src/operations/'),
    packageOnlyIn('pino', 'src/log\\.ts'),
    packageOnlyIn(
      'zod',
      'src/config\\.ts',
      'src/provider/',
      'src/operations/',
      'src/services/',
      'src/languages/',
      'src/speech/',
      'test/simulators/',
    ),
  ],
  options: {
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '^(dist|var)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
};
