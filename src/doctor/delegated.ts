import { type Check, good, skipped, wrong } from './check.ts';
import { words } from './messages.ts';
import type { Reach } from './reach.ts';

/**
 * Checks an Usher that calls Graph with delegated permissions, without a signed-in person: that the registration may
 * exchange tokens at all, and that it holds no application permission, which it would not need.
 */
export function delegatedChecks({ config, granted }: Reach): readonly Check[] {
  const say = words.delegated;
  const registration: Check = {
    id: 'signInRegistration',
    title: say.registration.title,
    async run() {
      return (await granted()) === null
        ? wrong(say.registration.wrong, words.botToken.fix)
        : good(say.registration.good);
    },
  };
  const surplus: Check = {
    id: 'surplus',
    title: say.surplus.title,
    async run() {
      const found = await granted();
      if (found === null) return skipped(say.registration.missing);
      if (found.kind !== 'roles') return skipped(words.permission.opaque);
      return found.roles.length === 0
        ? good(say.surplus.good)
        : wrong(words.surplus.wrong(found.roles), say.surplus.fix(found.roles));
    },
  };
  return [
    registration,
    surplus,
    {
      id: 'signInConnection',
      title: say.connection.title,
      run: async () => skipped(say.connection.unseen(config.signInConnection)),
    },
    { id: 'signedIn', title: say.signedIn.title, run: async () => skipped(say.signedIn.unseen) },
  ];
}
