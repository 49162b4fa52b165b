import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, lookUpPublic } from '../src/public-address.ts';

describe('an address', () => {
  it.each(['8.8.8.8', '20.190.128.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2a01:111:f100::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...[
      '0.0.0.0',
      '10.0.0.1',
      '100.64.0.1',
      '127.0.0.1',
      '127.9.9.9',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
    ],
    ...['192.168.1.1', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.9', '224.0.0.1', '255.255.255.255'],
    ...[
      '::',
      '::1',
      'fe80::1',
      'fc00::1',
      'fd12:3456::1',
      'ff02::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '64:ff9b::7f00:1',
    ],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::127.0.0.1', 'localhost', ''],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('the lookup for a connection', () => {
  it.each([true, false])('finds no address of this machine (all: %s)', async (all) => {
    const error = await new Promise((resolve) => lookUpPublic('localhost', { all }, resolve));

    expect(error).toMatchObject({ code: 'EPRIVATE' });
  });

  it('passes on that a name leads nowhere', async () => {
    const error = await new Promise((resolve) => lookUpPublic('no-such-host.invalid', { all: true }, resolve));

    expect(error).toMatchObject({ syscall: 'getaddrinfo' });
  });
});
