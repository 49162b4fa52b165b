import { parseArgs } from 'node:util';

/**
 * Runs Usher against the sandbox tenant. This file imports nothing else at first: it says at once that the demo is
 * starting, as loading the rest takes a second or more.
 */
const usage = `npm run demo                         the chat in three browser tabs: Alex of the helpdesk, the managers Megan and, in French, Chloé
npm run demo -- --headless           bot and sandbox Graph alone
npm run demo -- --say "LINE"         one message, its card printed as text as it changes
npm run demo -- --say "LINE" --as megan            or chloe, thiago, wangwei, who read French, Portuguese, Chinese

--say may come again and again, each with its own --as, and between them:
  --click "Approve" --as alex        clicks the newest button of this title that Alex sees
  --ahead 8h                         puts the clock ahead, by hours (h), days (d), weeks (w), months (m) or years (y)
  --job '{"app":"GitHub Enterprise","health":"quarantined"}'   changes how a job behaves

Access that ends, from the request to the disabled account:
  npm run demo -- --say "request access for isaiah to GitHub for 8 hours" --as megan --click Approve --ahead 8h
While the demo runs: curl -d '{"ahead":"8h"}' http://127.0.0.1:3979/_sandbox/clock

PORT and SANDBOX_PORT choose other ports than 3978 and 3979; SANDBOX_LATENCY_MS=0 makes the sandbox quick;
SANDBOX_PEOPLE=500 adds season001@contoso.com to season500@contoso.com for long lists;
SANDBOX_FAULTS="provisionOnDemand=504+done,403; /users=429/40" makes Graph answer so, one call after the other;
SANDBOX_APPS=700 makes a tenant of 700 apps, most of them without a job;
SANDBOX_REPLICATION_MS=0 lets provisioning see an assignment as soon as it is made, and not after 20 seconds.
`;

const { values, tokens } = parseArgs({
  options: {
    headless: { type: 'boolean' },
    say: { type: 'string', multiple: true },
    click: { type: 'string', multiple: true },
    ahead: { type: 'string', multiple: true },
    job: { type: 'string', multiple: true },
    as: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
  },
  tokens: true,
});

if (values.help === true) process.stdout.write(usage);
else {
  process.stderr.write('Starting Usher and a make-believe tenant …\n');
  const { runDemo, explainDemo } = await import('./run-demo.ts');
  const given = tokens.flatMap((token) =>
    token.kind === 'option' && token.value !== undefined ? [{ name: token.name, value: token.value }] : [],
  );
  process.exitCode = await runDemo({ headless: values.headless, given }).catch((error: unknown) => {
    process.stderr.write(explainDemo(error));
    return 1;
  });
  process.exit();
}
