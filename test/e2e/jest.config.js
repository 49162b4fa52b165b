import { project } from '../../jest.config.js';

export default {
  ...project,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
