/**
 * Loaded before anything else of a process, so that this machine seems to have a wrong clock from its start on: the
 * wall clock and the origin of the monotonic one are off by `CLOCK_OFF_MS`.
 */
const offMs = Number(process.env.CLOCK_OFF_MS ?? 0);
const trueNow = Date.now.bind(Date);
const TrueDate = Date;
const trueOrigin = performance.timeOrigin;

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, given: unknown[], made) =>
    Reflect.construct(target, given.length === 0 ? [trueNow() + offMs] : given, made),
  get: (target, name) => (name === 'now' ? () => trueNow() + offMs : Reflect.get(target, name)),
});
Object.defineProperty(performance, 'timeOrigin', { get: () => trueOrigin + offMs });

export {};
