import { readAppsFile } from './apps-file.ts';
import { type Config, describeProblems, readConfig } from './config.ts';
import { forTerminal } from './masking/hidden.ts';

/**
 * `npm start`: reads the configuration, starts Usher and stops it at a signal. Reports configuration problems at once
 * and then exits with 1.
 */
export async function runProgram(startUsher: (config: Config) => Promise<{ stop(): Promise<void> }>): Promise<void> {
  const read = readConfig();
  const appsFile = readAppsFile(read.ok ? read.config.appsFile : read.appsFile);
  const problems = [...(read.ok ? [] : read.problems), ...(appsFile.ok ? [] : appsFile.problems)];
  if (!read.ok || problems.length > 0) {
    process.stderr.write(forTerminal(describeProblems(problems)));
    process.exitCode = 1;
    return;
  }
  const usher = await startUsher(read.config);
  const stop = () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeListener(signal, stop);
    usher.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}
