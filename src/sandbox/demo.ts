import { parseArgs } from 'node:util';

/**
 * Runs Usher against the sandbox tenant. This file imports nothing else at first: it says at once that the demo is
 * starting, as loading the rest takes a second or more.
 */
const usage = `npm run demo                         the chat in two browser tabs: Alex of the helpdesk, Megan the manager
npm run demo -- --headless           bot and sandbox Graph alone
npm run demo -- --say "LINE"         one message, its card printed as text as it changes
npm run demo -- --say "LINE" --as megan

PORT and SANDBOX_PORT choose other ports than 3978 and 3979; SANDBOX_LATENCY_MS=0 makes the sandbox quick;
SANDBOX_PEOPLE=500 adds season001@contoso.com to season500@contoso.com for long lists;
SANDBOX_FAULTS="provisionOnDemand=504+done,403; /users=429/40" makes Graph answer so, one call after the other;
SANDBOX_APPS=700 makes a tenant of 700 apps, most of them without a job;
SANDBOX_REPLICATION_MS=0 lets provisioning see an assignment as soon as it is made, and not after 20 seconds.
`;

const { values } = parseArgs({
  options: {
    headless: { type: 'boolean' },
    say: { type: 'string' },
    as: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) process.stdout.write(usage);
else {
  process.stderr.write('Starting Usher and a make-believe tenant …\n');
  const { runDemo, explainDemo } = await import('./run-demo.ts');
  process.exitCode = await runDemo(values).catch((error: unknown) => {
    process.stderr.write(explainDemo(error));
    return 1;
  });
  process.exit();
}
