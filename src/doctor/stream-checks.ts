import { randomUUID } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { emitterOf } from '../streams/streams.ts';
import { words } from './doctor-messages.ts';
import { type Check, good, wrong } from './run-checks.ts';

/** Whether the streams of the audit log lead somewhere: the receiver gets a test event. None where none is set up. */
export function streamChecks(config: Config, clock: Clock): readonly Check[] {
  const { auditStream, events } = config;
  const { file, receiver } = words.streams;
  const checks: Check[] = [];
  if (auditStream?.kind === 'file') {
    const { path } = auditStream;
    const isWritable = (place: string) =>
      access(place, constants.W_OK).then(
        () => true,
        () => false,
      );
    checks.push({
      id: 'auditStream',
      title: file.title,
      run: async () =>
        (await isWritable(path)) || (await isWritable(dirname(path))) ? good(file.good) : wrong(file.wrong, file.fix),
    });
  }
  if (events !== null)
    checks.push({
      id: 'events',
      title: receiver.title,
      async run() {
        // Few have a receiver, and what it needs takes memory.
        const { createReceiver } = await import('../streams/receiver.ts');
        const sender = createReceiver({ config: events, emitter: emitterOf(config), clock });
        try {
          const sent = await sender.test(`test-${randomUUID()}`);
          if (sent.kind === 'arrived') return good(receiver.good);
          return wrong(sent.kind === 'off' ? receiver.off : receiver.wrong(sent.why), receiver.fix);
        } finally {
          await sender.close();
        }
      },
    });
  return checks;
}
