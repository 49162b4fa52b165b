import net from 'node:net';

/**
 * Loaded before the Playground, which listens on every interface and has no option against it: it serves a chat as a
 * privileged person of the demo, so only this machine should reach it.
 */
const listen = net.Server.prototype.listen;

function listenOnLoopback(this: net.Server, ...options: unknown[]): net.Server {
  const [port, host, ...rest] = options;
  const named =
    typeof host === 'string' ? options : [port, '127.0.0.1', ...(host === undefined ? [] : [host]), ...rest];
  return Reflect.apply(listen, this, isPort(port) ? named : options);
}

function isPort(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

Object.assign(net.Server.prototype, { listen: listenOnLoopback });
