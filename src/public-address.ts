import { type LookupAddress, type LookupOptions, lookup as lookUp } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/**
 * Keeps a receiver's address out of the networks that only this machine or its neighbors reach: a name that leads there
 * could make Usher call what is not meant to be called from outside. The address is checked where the connection is
 * made, since a name may lead elsewhere a moment after it was checked.
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const inner = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inner.addSubnet(network, bits, 'ipv4');

/** All that is public begins with 2 or 3; within that, what is set aside, and what carries an IPv4 address. */
const outer = new BlockList();
outer.addSubnet('2000::', 3, 'ipv6');
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  inner.addSubnet(network, bits, 'ipv6');

/** Whether anyone on the Internet could have it. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 4) return !inner.check(address, 'ipv4');
  return outer.check(address, 'ipv6') && !inner.check(address, 'ipv6');
}

/** The code of the error of a lookup that led to no public address. */
export const notPublic = 'EPRIVATE';

type Done = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** For a connection: finds a host's addresses, and returns the public ones alone. */
export function lookUpPublic(host: string, options: LookupOptions, done: Done): void {
  lookUp(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const found = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = found;
    if (first === undefined)
      return done(Object.assign(new Error('the host has no public address'), { code: notPublic }), []);
    if (options.all === true) return done(null, found);
    return done(null, first.address, first.family);
  });
}
