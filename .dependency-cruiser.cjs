/** @type {import('dependency-cruiser').IConfiguration} */
const FRAMEWORKS = 'node_modules/(@nestjs|@prisma|prisma|ccxt|ws|express|pino|zod|reflect-metadata)(/|$)';

module.exports = {
  forbidden: [
    // -- the pure rings ------------------------------------------------------------------------------
    {
      name: 'core-imports-only-core',
      comment: 'Domain rules depend on nothing but themselves.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '(\\.spec|-rig)\\.ts$' },
      to: { pathNot: ['^src/core/'] },
    },
    {
      name: 'core-never-reaches-a-framework',
      comment: 'Not even through a chain of imports.',
      severity: 'error',
      from: { path: '^src/(core|streams)/', pathNot: '(\\.spec|-rig)\\.ts$' },
      to: { path: FRAMEWORKS, reachable: true },
    },
    {
      name: 'streams-import-only-core-and-rxjs',
      severity: 'error',
      from: { path: '^src/streams/', pathNot: '(\\.spec|-rig)\\.ts$' },
      to: { pathNot: ['^src/(core|streams)/', 'node_modules/rxjs/'] },
    },
    // -- the shell -----------------------------------------------------------------------------------
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: ['^src/(platform|core)/'] },
    },
    {
      name: 'feature-through-its-front-door',
      comment: 'A feature is entered only by its index.ts; siblings inside import each other by file.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/[^/]+/',
        pathNot: ['^src/$1/', '^src/(core|streams)/', '^src/[^/]+/index\\.ts$', '^src/platform/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'composition-root-through-front-doors',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/[^/]+/index\\.ts$', '^src/platform/[^/]+/index\\.ts$'] },
    },
    {
      name: 'not-through-its-own-front-door',
      comment: 'A file that imports its own index.ts makes a cycle sooner or later.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/$1/index\\.ts$' },
    },
    {
      name: 'shell-features-may-not-be-imported',
      comment: 'capture, feed, history, dashboard and simulator are leaves: only the composition root knows them.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(app\\.module|role\\.module|main)\\.ts$', '^src/cli/', '(\\.spec|-rig)\\.ts$'],
      },
      to: { path: '^src/(capture|cluster|feed|history|portfolio|alerts|dashboard|simulator)/index\\.ts$' },
    },
    {
      name: 'exchanges-below-detection',
      severity: 'error',
      from: { path: '^src/(exchanges|simulator|keys)/' },
      to: { path: '^src/(detection|capture|feed|history|portfolio|alerts|dashboard)/' },
    },
    {
      name: 'exchanges-never-import-keys',
      comment: 'Exchanges declare the ports; the vault implements them.',
      severity: 'error',
      from: { path: '^src/exchanges/' },
      to: { path: '^src/keys/' },
    },
    {
      name: 'detection-sees-markets-only',
      severity: 'error',
      from: { path: '^src/detection/' },
      to: { path: '^src/(keys|capture|feed|history|portfolio|alerts|dashboard)/' },
    },
    {
      name: 'simulator-knows-only-core',
      comment: 'It plays the exchanges by their documents, never by our own parsers.',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { path: '^src/', pathNot: ['^src/(simulator|core)/'] },
    },
    {
      name: 'client-stands-alone',
      comment: 'It is used outside the service: its own wire types, rxjs, and ws where the platform has no WebSocket.',
      severity: 'error',
      from: { path: '^src/client/', pathNot: '(\\.spec|-rig)\\.ts$' },
      to: { pathNot: ['^src/client/', 'node_modules/(rxjs|ws|@types/ws)/'] },
    },
    // -- one door per outside library ----------------------------------------------------------------
    {
      name: 'ccxt-only-in-its-adapter',
      severity: 'error',
      from: { path: '^(src|test)/', pathNot: ['^src/exchanges/ccxt/', '\\.live\\.spec\\.ts$'] },
      to: { path: 'node_modules/ccxt/' },
    },
    {
      name: 'prisma-only-in-repositories',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/prisma/', '\\.repository\\.ts$'] },
      to: { path: ['node_modules/@prisma/', '^src/platform/prisma/generated/'] },
    },
    {
      name: 'crypto-only-where-it-is-the-business',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/(keys|capture|simulator)/',
          '^src/platform/(auth|prisma)/',
          '^src/platform/http/entity-tag\\.ts$',
          '^src/alerts/targets/signature\\.ts$',
        ],
      },
      to: { path: '^(node:)?crypto$', dependencyTypes: ['core'] },
    },
    {
      name: 'nodemailer-only-in-the-mail-target',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/alerts/targets/mail\\.ts$'] },
      to: { path: 'node_modules/nodemailer/' },
    },
    {
      name: 'alerts-see-no-room-beside-them',
      comment: 'They subscribe to the same ports as the feed and the history; none of the three knows another.',
      severity: 'error',
      from: { path: '^src/alerts/' },
      to: { path: '^src/(capture|feed|history|portfolio|dashboard|simulator|client|cli)/' },
    },
    {
      name: 'prom-client-only-in-metrics',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/metrics/'] },
      to: { path: 'node_modules/prom-client/' },
    },
    {
      name: 'jose-only-in-the-vault',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/keys/vault/'] },
      to: { path: 'node_modules/jose/' },
    },
    {
      name: 'websockets-only-in-feed',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(feed|simulator|cli|client)/', '^src/exchanges/ccxt/', '^src/main\\.ts$'],
      },
      to: { path: 'node_modules/(@nestjs/(websockets|platform-ws)|ws)/' },
    },
    {
      name: 'keys-see-no-market-stream',
      comment: 'The vault and its health checks need the credential port only.',
      severity: 'error',
      from: { path: '^src/keys/' },
      to: { path: '^src/streams/' },
    },
    {
      name: 'dashboard-knows-only-platform',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { path: '^src/(core|streams|exchanges|detection|keys)/' },
    },
    {
      name: 'the-page-knows-only-client-and-core',
      comment:
        'The page speaks to the service over the wire, like any other program; shapes and arithmetic are those of the core.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|test|scripts)/', pathNot: ['^src/client/index\\.ts$', '^src/core/'] },
    },
    {
      name: 'nothing-imports-the-page',
      severity: 'error',
      from: { path: '^(src|test)/' },
      to: { path: '^web/' },
    },
    {
      name: 'nats-only-at-its-door-and-in-the-cluster',
      comment: 'A process of role all knows nothing of a broker.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/nats/', '^src/cluster/', '^src/cli/nats-'] },
      to: { path: 'node_modules/@nats-io/' },
    },
    {
      name: 'the-cluster-joins-markets-detection-and-keys',
      comment: 'Rows, alerts and clients are joined to it by the composition root.',
      severity: 'error',
      from: { path: '^src/cluster/' },
      to: { path: '^src/(capture|feed|history|portfolio|alerts|dashboard|simulator|cli)/' },
    },
    // -- hygiene -------------------------------------------------------------------------------------
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-folder-circular', scope: 'folder', severity: 'error', from: {}, to: { circular: true } },
    {
      // Threads that tests start run what was built, which a fresh checkout does not have yet.
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(\\.\\./)+dist/' },
    },
    {
      name: 'no-dev-dependency-in-production-code',
      severity: 'error',
      from: { path: '^src/', pathNot: '(\\.spec|-rig)\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-test-in-production-code',
      severity: 'error',
      from: { path: '^src/', pathNot: '(\\.spec|-rig)\\.ts$' },
      to: { path: ['^test/', '\\.(spec|e2e-spec)\\.ts$'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '(^|/)\\.[^/]+\\.(js|cjs|mjs)$',
          '\\.config\\.(mts|mjs|ts)$',
          '^web/src/live/no-ws\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/platform/prisma/generated/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
