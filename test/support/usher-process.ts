import { subscribe } from 'node:diagnostics_channel';
import { describeProblems, readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startUsher } from '../../src/main.ts';
import { loginAt } from './login.ts';
import { createSwiftClock } from './swift-clock.ts';

/**
 * What `src/main.ts` starts, as a process to be killed. It does not keep a card still for two seconds between edits,
 * so that a test need not either.
 *
 * With `DIES_OF` it ends itself without warning as soon as it is to ask Graph for something of that name, as a message
 * does that Node cannot bear; with `FREEZES_OF` it does nothing any more from then on. With `DIES_OF_SENDING` it ends
 * itself when it is to send something to this path of Teams, and with `DIES_OF_LOGGING` once it has logged a line that
 * holds this. With `LOGIN_AT` its credential reaches the login there. With
 * `CLOCK` (`4@1795715640000`) its time passes four times as fast from that moment on.
 */
const { DIES_OF: deadly, FREEZES_OF: freezing, DIES_OF_SENDING: deadlyPath } = process.env;
subscribe('undici:request:create', (message) => {
  const { path } = (message as { readonly request: { readonly path: string } }).request;
  const isDeadly = (part: string | undefined) => part !== undefined && decodeURIComponent(path).includes(part);
  if (isDeadly(deadly) || isDeadly(deadlyPath)) process.kill(process.pid, 'SIGKILL');
  while (isDeadly(freezing));
});

const read = readConfig();
if (!read.ok) throw new Error(describeProblems(read.problems));
const { DIES_OF_LOGGING: lastWords } = process.env;
const log = createLog(read.config.logLevel, {
  write(line) {
    process.stdout.write(line);
    if (lastWords !== undefined && line.includes(lastWords)) process.kill(process.pid, 'SIGKILL');
  },
});
const { LEASE_MS: leaseMs, LOGIN_AT: address, REPEAT_PAUSE_MS: repeatPauseMs, CLOCK: clock } = process.env;
const [factor, origin] = clock?.split('@').map(Number) ?? [];
await startUsher(read.config, {
  log,
  editEveryMs: 20,
  ...(factor === undefined || origin === undefined ? {} : { clock: createSwiftClock(factor, origin) }),
  ...(leaseMs === undefined ? {} : { leaseMs: Number(leaseMs) }),
  ...(repeatPauseMs === undefined ? {} : { repeatPauseMs: Number(repeatPauseMs) }),
  ...(address === undefined ? {} : { login: loginAt(address) }),
});
