import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { leaksIn } from '../support/log-watch/leaks.ts';
import { unlimited } from '../support/usher.ts';

/** `npm run demo`, as a new user would start it. */
export interface Demo {
  /** The address of a person's chat, by the name that the demo prints. */
  addressOf(name: string): string;
  /** Ends the demo. Rejects when its log held what no log may hold. */
  stop(): Promise<void>;
}

/** @param settings beside the environment */
export async function startDemo(settings: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const child = spawn(process.execPath, ['src/sandbox/demo.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Tests click faster than people do, and the demo's whole log is checked.
    env: { ...process.env, COMMANDS_PER_MINUTE: unlimited, LOG_LEVEL: 'trace', ...settings },
  });
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      if (seen.includes('Ctrl+C ends it')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with code ${code}: ${seen}`)));
  });
  return {
    addressOf(name) {
      const address = new RegExp(`Chat as ${name}:\\s+(http:\\S+)`).exec(seen)?.[1];
      if (address === undefined) throw new Error(`the demo opens no chat for ${name}: ${seen}`);
      return address;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
      // The demo prints other lines for the user in the terminal: only log lines count.
      const leaking = seen.split('\n').filter((line) => line.startsWith('{"level"') && leaksIn(line).length > 0);
      if (leaking.length > 0) throw new Error(`the log holds what no log may hold:\n${leaking.join('\n')}`);
    },
  };
}
