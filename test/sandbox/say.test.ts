import { execFile } from 'node:child_process';
import { describe, expect, it, jest } from '@jest/globals';

// Each test starts the demo anew, once or more.
jest.setTimeout(120_000);

/** The demo as a user starts it in a terminal, with a tenant that does not keep them waiting. */
function demo(...options: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const env = { ...process.env, SANDBOX_LATENCY_MS: '0', SANDBOX_REPLICATION_MS: '0' };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['src/sandbox/demo.ts', ...options], { env }, (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, text: stdout }),
    );
  });
}

const asking = ['--say', 'request access for isaiah to GitHub for 8 hours', '--as', 'megan', '--click', 'Approve'];
const job = (health: string) => ['--job', JSON.stringify({ app: 'GitHub Enterprise', health })];

describe('the demo tells', () => {
  it('how access ends when its time has come, and that Microsoft has confirmed it', async () => {
    const { code, text } = await demo(...asking, '--ahead', '8h');

    expect(text).toContain('Account created');
    expect(text.slice(text.indexOf('8h ahead'))).toContain('Access has ended');
    expect(code).toBe(0);
  });

  it('how access is overdue while its job is in quarantine, and ends once that is lifted', async () => {
    const { text } = await demo(...asking, ...job('quarantined'), '--ahead', '8h', ...job('active'), '--ahead', '1h');

    const [, late = '', lifted = ''] = text.split('The clock goes');
    expect(late).toContain('Access should have ended');
    expect(late).not.toContain('Access has ended');
    expect(lifted).toContain('Access has ended');
  });

  it('how a second person confirms that someone leaves', async () => {
    const { text } = await demo('--say', 'offboard diego', '--click', 'Confirm removal', '--as', 'patti');

    expect(text).toContain('Patti Fernandez clicks "Confirm removal"');
    expect(text).toContain('7 accounts: 7 removed, 5 left out');
  });

  it('which step it cannot take, and ends with code 2', async () => {
    const noButton = await demo('--say', 'home', '--click', 'Approve everything');
    const noTime = await demo('--say', 'home', '--ahead', 'soon');
    const noPerson = await demo('--say', 'home', '--as', 'nemo');

    expect(noButton.text).toContain('Alex Wilber sees no button "Approve everything".');
    expect(noTime.text).toContain('Say how far');
    expect(noPerson.text).toContain('No person in the sandbox tenant is called "nemo"');
    expect([noButton, noTime, noPerson].map(({ code }) => code)).toEqual([2, 2, 2]);
  });
});
