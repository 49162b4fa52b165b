import { inspect } from 'node:util';

/** A value that never prints itself: logs, JSON and templates show `[redacted]`. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
  [inspect.custom](): string;
}

export function secret(value: string): Secret {
  const redacted = () => (value === '' ? '' : '[redacted]');
  // Without the last one, inspecting an error with its configuration would show three functions instead.
  return { reveal: () => value, toString: redacted, toJSON: redacted, [inspect.custom]: redacted };
}
