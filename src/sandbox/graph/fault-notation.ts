import type { Fault } from './faults.ts';

/**
 * Faults as a line of text, for a header, a setting or an external script: the calls concerned, and the faults for one
 * call after the other.
 *
 *     provisionOnDemand=504+done,403; /users=429/40; jobs=401:InvalidAuthenticationToken
 *
 * Before the `=` is the beginning of a path below `/v1.0`, or without a slash any part of it. A fault is an HTTP status
 * or a name of those below; `:` gives the OData code, `/` the seconds of `Retry-After`, and `+done` does the work
 * anyway.
 */
export interface ScriptedFault {
  readonly where: string | RegExp;
  readonly fault: Fault;
}

const named: Readonly<Record<string, Fault>> = {
  html: { kind: 'html' },
  truncated: { kind: 'truncated' },
  cutOff: { kind: 'cutOff' },
  damagedValue: { kind: 'damagedValue' },
  warned: { kind: 'warned' },
  gzip: { kind: 'gzip' },
  bomb: { kind: 'bomb' },
  graphLinks: { kind: 'graphLinks' },
  empty: { kind: 'empty' },
  reset: { kind: 'reset' },
  silence: { kind: 'silence' },
  token: {
    kind: 'status',
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Lifetime validation failed, the token is expired.',
  },
  inProgress: {
    kind: 'status',
    status: 409,
    code: 'Conflict',
    message: 'Another provisioning of this object is in progress.',
  },
};

/** Parses one fault, e.g. `429/40`. Null when it is not one. */
export function readFault(text: string): Fault | null {
  const match = /^([a-z]+|\d{3})(?::([\w.]+))?(?:\/(\d+))?(\+done)?$/i.exec(text.trim());
  if (match === null) return null;
  const [, name = '', code, seconds, done] = match;
  const fault = Object.hasOwn(named, name) ? named[name] : statusFault(Number(name), code, seconds);
  if (fault === undefined) return null;
  return done === undefined ? fault : { ...fault, workDone: true };
}

function statusFault(status: number, code: string | undefined, seconds: string | undefined): Fault | undefined {
  if (!(status >= 200 && status <= 599)) return undefined;
  return {
    kind: 'status',
    status,
    ...(code === undefined ? {} : { code }),
    ...(seconds === undefined ? {} : { headers: { 'Retry-After': seconds } }),
  };
}

/** All faults of a script, in their order. @throws with the part that cannot be parsed. */
export function readFaults(script: string): readonly ScriptedFault[] {
  return script
    .split(/[;\n]/)
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [where = '', faults = ''] = line.split('=', 2).map((part) => part.trim());
      if (where === '' || faults === '') throw new Error(`no fault in "${line.trim()}"; write e.g. /users=429/40`);
      return faults.split(',').map((text) => {
        const fault = readFault(text);
        if (fault === null) throw new Error(`there is no fault "${text.trim()}"`);
        return { where: where.startsWith('/') ? where : new RegExp(where.replace(/[^\w/]/g, '\\$&')), fault };
      });
    });
}
