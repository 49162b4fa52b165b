import { project } from '../../jest.config.js';

export default {
  ...project,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/**/*.test.ts'],
  testTimeout: 600_000,
  maxWorkers: 1,
  // After a round that failed, those who asked would go on asking for minutes.
  forceExit: true,
};
