import { globSync, readFileSync } from 'node:fs';

/**
 * Four projects:
 *
 * - `fast`, on SQLite, and `locking`, the suites whose subject is a lock, a lease or a race, on SQLite and PostgreSQL.
 *   `npm test` runs these two, all day.
 * - `slow`: suites that start many whole Ushers, carry long lists or try thousands of inputs, on both databases.
 * - `postgres`: the suites of `fast` that store something, on PostgreSQL.
 *
 * `npm run test:slow` runs the last two, `npm run test:all` all four. A path on the command line
 * (`npm test -- test/scenarios/queue`) is found in each.
 */
const slow = new Set([
  'test/doctor.test.ts',
  'test/doctor/database.test.ts',
  'test/doctor/login.test.ts',
  'test/doctor/machine.test.ts',
  'test/doctor/credentials.test.ts',
  'test/doctor/settings.test.ts',
  'test/growth.test.ts',
  'test/chat/names/who-is-meant.test.ts',
  'test/chat/views/every-card.test.ts',
  'test/db/database.test.ts',
  'test/db/refused.test.ts',
  'test/graph/outcome/read-outcome.property.test.ts',
  'test/graph/preview/oracle.test.ts',
  'test/features/approvals/access-requests/starting-apps.test.ts',
  'test/requests/all-attempts.property.test.ts',
  'test/sandbox/say.test.ts',
  'test/requests/graph-away.test.ts',
  'test/features/checks/history/audit-file.test.ts',
  'test/features/checks/history/long-history.test.ts',
  'test/requests/replicas.test.ts',
  'test/seals/killed.test.ts',
  'test/teams/bot.test.ts',
]);
const locking = new Set([
  'test/rate-gate/gate-row.test.ts',
  'test/features/approvals/access-requests/acting.test.ts',
  'test/features/approvals/access-requests/store.test.ts',
  'test/outbox/message-store.test.ts',
  'test/requests/confirmation.test.ts',
  'test/seals/chain.test.ts',
  'test/requests/queue.test.ts',
  'test/requests/running.test.ts',
  'test/streams/streams.test.ts',
  'test/teams/turns.test.ts',
]);
/** The stories that are quick enough for every day: what a group promises, and what a first card costs. */
const quickStories = new Set(['test/scenarios/groups.test.ts', 'test/scenarios/first-card.test.ts']);

/** Loaded once a worker: see `test/support/jest/environment.ts`. */
const sharedPackages = [
  'adaptivecards-templating',
  'botbuilder',
  'chrono-node',
  'csv-parse',
  'csv-stringify',
  'fast-check',
  'intl-messageformat',
  'jose',
  'kysely',
  'luxon',
  'pg',
  'pino',
  'prom-client',
  'restify',
  'undici',
  'zod',
];

export const project = {
  testEnvironment: '<rootDir>/test/support/jest/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
      },
    ],
    [`/node_modules/(?:${sharedPackages.join('|')})/`]: '<rootDir>/test/support/jest/shared-package.ts',
  },
  transformIgnorePatterns: [],
  // Every test's log is looked through for what no log may hold.
  moduleNameMapper: { '^(?:\\.{1,2}/)+(?:src/)?log\\.ts$': '<rootDir>/test/support/log-watch/log.ts' },
};

const isElsewhere = (path) => path.startsWith('test/e2e/') || path.startsWith('test/faults/');
const isSlow = (path) => slow.has(path) || (path.startsWith('test/scenarios/') && !quickStories.has(path));
const isLocking = (path) => locking.has(path);
const isFast = (path) => !isSlow(path) && !isLocking(path);
const usesEngines = (path) => /describe\.each\(engines\)/.test(readFileSync(`${import.meta.dirname}/${path}`, 'utf8'));

const paths = globSync('test/**/*.test.ts', { cwd: import.meta.dirname })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !isElsewhere(path));

/** `test/support/databases.ts` reads the engines. */
const projectOf = (displayName, isPart, engines) => ({
  ...project,
  displayName,
  globals: { testEngines: engines },
  testMatch: paths.filter(isPart).map((path) => `<rootDir>/${path}`),
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
});
const projects = {
  fast: projectOf('fast', isFast, ['SQLite']),
  locking: projectOf('locking', isLocking, ['SQLite', 'PostgreSQL']),
  slow: projectOf('slow', isSlow, ['SQLite', 'PostgreSQL']),
  postgres: projectOf('postgres', (path) => isFast(path) && usesEngines(path), ['PostgreSQL']),
};

function wanted() {
  const namesPath = process.argv.slice(2).some((argument) => /^(?:\.\/)?test\//.test(argument));
  if (namesPath) return Object.values(projects);
  switch (process.env.npm_lifecycle_event) {
    case 'test':
      return [projects.fast, projects.locking];
    case 'test:slow':
      return [projects.slow, projects.postgres];
    default:
      return Object.values(projects);
  }
}

export default { projects: wanted(), testTimeout: 20_000, maxWorkers: '100%' };
