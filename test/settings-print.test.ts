import { describe, expect, it } from '@jest/globals';
import { fingerprintOf, printsOf, recordable } from '../src/settings-print.ts';

const settings = { REQUEST_FOR: 'reports', OPERATORS: ['a', 'b'], AZURE_CLIENT_SECRET: 'hunter2', APPS_FILE: '' };
const printOf = (environment: Readonly<Record<string, unknown>>) => fingerprintOf(printsOf(recordable(environment)));

describe('the fingerprint of the configuration', () => {
  it('is the same whatever the order, and another one for another value', () => {
    const { REQUEST_FOR, ...others } = settings;

    expect(printOf({ ...others, REQUEST_FOR })).toBe(printOf(settings));
    expect(printOf({ ...settings, OPERATORS: ['a'] })).not.toBe(printOf(settings));
  });

  it.each(['MicrosoftAppPassword', 'AZURE_CLIENT_SECRET', 'METRICS_TOKEN', 'EVENTS_SECRET', 'SOME_API_KEY'])(
    'knows of %s only whether it is set',
    (name) => {
      expect(recordable({ [name]: 'hunter2' })).toEqual({ [name]: 'set' });
      expect(recordable({ [name]: '' })).toEqual({ [name]: '' });
    },
  );

  it.each([
    ['DATABASE_URL', 'postgres://usher:hunter2@db.example:5432/usher?password=hunter2', 'postgres://db.example:5432'],
    ['DATABASE_URL', 'file:data/usher.db', 'file:data/usher.db'],
    ['EVENTS_URL', 'https://hooks.example/services/hunter2', 'https://hooks.example'],
    ['EVENTS_URL', 'not an address', 'set'],
  ])('keeps what may be secret in an address out: %s=%s', (name, value, kept) => {
    expect(recordable({ [name]: value })).toEqual({ [name]: kept });
  });

  it('knows the path of a secret, which is none', () => {
    expect(recordable({ AZURE_FEDERATED_TOKEN_FILE: '/run/token' })).toEqual({
      AZURE_FEDERATED_TOKEN_FILE: '/run/token',
    });
  });
});
