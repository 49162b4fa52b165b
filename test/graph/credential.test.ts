import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { graphToken } from '../../src/graph/credential.ts';

const chosen = 'AZURE_TOKEN_CREDENTIALS';
const signal = new AbortController().signal;

describe('the token for Graph', () => {
  let before: string | undefined;

  // The environment of whoever runs the tests may hold a real sign-in, which no test should use.
  beforeEach(() => {
    before = process.env[chosen];
    process.env[chosen] = 'EnvironmentCredential';
  });

  afterEach(() => {
    if (before === undefined) delete process.env[chosen];
    else process.env[chosen] = before;
  });

  it('is none where Graph is the sandbox of this machine', async () => {
    const token = graphToken({ auth: 'none', baseUrl: 'http://127.0.0.1:3979/v1.0' }, 'public');

    expect(await token(signal)).toBeNull();
  });

  it.each(['public', 'usgov', 'usgov-dod', 'china'] as const)(
    'is not asked for before it is needed, and missing settings are an error then (%s)',
    async (cloud) => {
      const token = graphToken({ auth: 'azure', baseUrl: 'https://graph.microsoft.com/v1.0' }, cloud);

      await expect(token(signal)).rejects.toThrow('EnvironmentCredential');
    },
  );
});
