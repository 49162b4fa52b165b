import { once as happened } from 'node:events';
import { connect } from 'node:tls';
import type { Clock } from '../clock.ts';
import { type Config, isLoopback } from '../config.ts';
import { words } from './doctor-messages.ts';
import { endFinding } from './good-until.ts';
import { networkTrouble } from './network.ts';
import { type Check, type Finding, good, skipped, warned, wrong } from './run-checks.ts';

const timeoutMs = 10_000;

/**
 * Whether the bot answers where Teams calls it, and until when the certificate there is good.
 *
 * @param publicUrl where Teams calls it, as the operator says; null where that is not known
 */
export function endpointChecks({ host, port }: Config, clock: Clock, publicUrl: string | null): readonly Check[] {
  const say = words.endpoint;
  const url = new URL('/api/messages', publicUrl ?? ownAddress(host, port));
  const certificate: Check = {
    id: 'endpointCertificate',
    title: words.endpointCertificate.title,
    async run() {
      const endsAt = await certificateEnd(url);
      if (endsAt === null) return skipped(words.endpointCertificate.none);
      return endFinding(endsAt, clock, words.endpointCertificate.fix);
    },
  };
  return [
    {
      id: 'endpoint',
      title: say.title,
      async run() {
        const address = url.href;
        try {
          const signal = AbortSignal.timeout(timeoutMs);
          const response = await fetch(address, { ...nothingForUsher, redirect: 'manual', signal });
          if (!isUshers(response.status, await response.text()))
            return wrong(say.status(address, response.status), say.fix);
          if (isLoopback(url.hostname)) return good(say.here(address));
          const isForTeams = url.protocol === 'https:' && !privateHost.test(url.hostname);
          return isForTeams ? good(say.good(address)) : warned(say.hidden(address), say.hiddenFix);
        } catch (error) {
          return unanswered(address, error, url.host);
        }
      },
    },
    ...(url.protocol === 'https:' ? [certificate] : []),
  ];
}

/** Trusted or not: the other check tells that. Null where no certificate comes. */
async function certificateEnd({ hostname, port }: URL): Promise<number | null> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port || 443), servername: host, rejectUnauthorized: false });
  try {
    await happened(socket, 'secureConnect', { signal: AbortSignal.timeout(timeoutMs) });
    const endsAt = Date.parse(socket.getPeerCertificate().valid_to);
    return Number.isNaN(endsAt) ? null : endsAt;
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

/** Of a private network, or a name that only such a network knows. */
const privateHost = /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$|^\[f[cde]|\.(local|internal|lan)$/;

/** A body that the endpoint refuses in its own way before it looks at any token, which no proxy would do. */
const nothingForUsher = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' } as const;

function unanswered(address: string, error: unknown, host: string): Finding {
  const { silent, failed, fix, hiddenFix } = words.endpoint;
  const trouble = networkTrouble(error, host);
  if (trouble === null || trouble.kind === 'refused') return wrong(silent(address), fix);
  return wrong(failed(address, trouble.what), trouble.kind === 'certificate' ? hiddenFix : fix);
}

function isUshers(status: number, body: string): boolean {
  return status === 400 && body.includes('"not_an_activity"');
}

/** The address at which this machine reaches a server that listens there. */
function ownAddress(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host.replace(/^\[|\]$/g, '');
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
