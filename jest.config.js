import { globSync } from 'node:fs';

/**
 * Two projects. `npm test` runs `fast`, which is what is run all day; `npm run test:slow` the suites that start whole
 * Ushers by the dozen, carry long lists or try thousands of inputs; `npm run test:all` both. A path on the command line
 * (`npm test -- test/scenarios/queue`) is found in either.
 */
const slow = new Set([
  'test/growth.test.ts',
  'test/chat/lists/who-is-meant.test.ts',
  'test/chat/views/every-card.test.ts',
  'test/db/refused.test.ts',
  'test/graph/outcome/read-outcome.property.test.ts',
  'test/requests/all-attempts.property.test.ts',
  'test/requests/graph-away.test.ts',
  'test/requests/history/long-history.test.ts',
  'test/requests/replicas.test.ts',
]);
/** Of the stories, these are worth their seconds all day: what the sandbox's tenant promises, and groups. */
const quickStories = new Set(['test/scenarios/roster.test.ts', 'test/scenarios/groups.test.ts']);

const isSlow = (path) => slow.has(path) || (path.startsWith('test/scenarios/') && !quickStories.has(path));
const isElsewhere = (path) => path.startsWith('test/e2e/') || path.startsWith('test/faults/');

export const project = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
      },
    ],
  },
  // Every test's log is looked through for what no log may hold.
  moduleNameMapper: { '^(?:\\.{1,2}/)+(?:src/)?log\\.ts$': '<rootDir>/test/support/log-watch/log.ts' },
};

const both = {
  ...project,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
const paths = globSync('test/**/*.test.ts', { cwd: import.meta.dirname })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !isElsewhere(path));
const matching = (test) => paths.filter(test).map((path) => `<rootDir>/${path}`);
const projects = {
  fast: { ...both, displayName: 'fast', testMatch: matching((path) => !isSlow(path)) },
  slow: { ...both, displayName: 'slow', testMatch: matching(isSlow) },
};

function wanted() {
  const namesPath = process.argv.slice(2).some((argument) => /^(?:\.\/)?test\//.test(argument));
  if (namesPath) return [projects.fast, projects.slow];
  switch (process.env.npm_lifecycle_event) {
    case 'test':
      return [projects.fast];
    case 'test:slow':
      return [projects.slow];
    default:
      return [projects.fast, projects.slow];
  }
}

export default { projects: wanted(), testTimeout: 20_000, maxWorkers: '100%' };
