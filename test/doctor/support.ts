import { Writable } from 'node:stream';
import type { Line } from '../../src/doctor/run-checks.ts';
import { type DoctorOptions, runDoctor } from '../../src/doctor.ts';

export type Environment = Readonly<Record<string, string>>;

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the doctor as a terminal would. */
export async function doctor(
  environment: Environment,
  args: readonly string[],
  options?: DoctorOptions,
): Promise<Told> {
  const told = { out: '', err: '' };
  const into = (name: keyof typeof told) =>
    new Writable({
      write(chunk, _encoding, done) {
        told[name] += String(chunk);
        done();
      },
    });
  const code = await runDoctor(args, { out: into('out'), err: into('err'), environment }, options);
  return { code, ...told };
}

export async function linesOf(
  environment: Environment,
  options?: DoctorOptions,
  args: readonly string[] = [],
): Promise<readonly Line[]> {
  const { out } = await doctor(environment, ['--json', ...args], options);
  return (JSON.parse(out) as { readonly lines: readonly Line[] }).lines;
}

export const idsOf = (lines: readonly Line[], outcome: Line['outcome']) =>
  lines.filter((line) => line.outcome === outcome).map(({ id }) => id);
