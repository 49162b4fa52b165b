import { words } from './doctor-messages.ts';
import type { Reach } from './reach.ts';
import { type Check, good, skipped, wrong } from './run-checks.ts';

/**
 * Checks an Usher that calls Graph with delegated permissions, without a signed-in person: that the registration may
 * exchange tokens at all, and that it holds no application permission, which it would not need.
 */
export function delegatedChecks({ config, granted }: Reach): readonly Check[] {
  const say = words.delegated;
  return [
    {
      id: 'signInRegistration',
      title: say.registration.title,
      async run() {
        if ((await granted()) === null) return wrong(say.registration.wrong, words.botToken.fix);
        return good(say.registration.good);
      },
    },
    {
      id: 'surplus',
      title: say.surplus.title,
      async run() {
        const found = await granted();
        if (found === null) return skipped(say.registration.missing);
        if (found.kind !== 'roles') return skipped(words.permission.opaque);
        if (found.roles.length === 0) return good(say.surplus.good);
        return wrong(words.surplus.wrong(found.roles), say.surplus.fix(found.roles));
      },
    },
    {
      id: 'signInConnection',
      title: say.connection.title,
      run: async () => skipped(say.connection.unseen(config.signInConnection)),
    },
    { id: 'signedIn', title: say.signedIn.title, run: async () => skipped(say.signedIn.unseen) },
  ];
}
