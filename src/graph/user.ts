import { z } from 'zod';
import { nullableText, orNull } from './odata.ts';

const userShape = z.object({
  id: z.string(),
  displayName: nullableText,
  userPrincipalName: z.string(),
  accountEnabled: orNull(z.boolean()),
  userType: nullableText,
  jobTitle: nullableText,
  department: nullableText,
});
export const userSchema = userShape.transform(displayed);
export type DirectoryUser = Readonly<z.infer<typeof userSchema>>;

export const addressedUserSchema = userShape.extend({ mail: nullableText }).transform(displayed);
export const namedUserSchema = userShape
  .extend({ mail: nullableText, mailNickname: nullableText, givenName: nullableText, surname: nullableText })
  .transform(displayed);
/** A user with the further names that identify them besides the display name and the principal name. */
export type NamedUser = Readonly<z.infer<typeof namedUserSchema>>;

/** A user without a display name is called by the principal name. */
function displayed<User extends z.infer<typeof userShape>>(user: User): User & { displayName: string } {
  return { ...user, displayName: user.displayName ?? user.userPrincipalName };
}

/** The user as the rest of Usher handles one. */
export function withoutNames(named: NamedUser): DirectoryUser {
  const { mail: _, mailNickname: _n, givenName: _g, surname: _s, ...user } = named;
  return user;
}

/** Graph gives no type for users who came from an old on-premises directory; they are members. */
export function isGuest({ userType }: Pick<DirectoryUser, 'userType'>): boolean {
  return userType?.toLowerCase() === 'guest';
}

export const userFields = 'id,displayName,userPrincipalName,accountEnabled,userType,jobTitle,department';
export const namedUserFields = `${userFields},mail,mailNickname,givenName,surname`;
export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** More candidates than a card can show; the caller is then asked to be more exact. */
export const mostCandidates = 7;
/**
 * Reads well beyond what is shown, as the user with exactly this name may come after those whose names begin so, and
 * only the users that were read can show whether a name is unique.
 */
export const mostRead = 200;

export type UserMatch =
  | { readonly kind: 'one'; readonly user: DirectoryUser }
  /**
   * Users who may be meant, none of them for certain; it may be a single one. Usher offers them, and never acts on
   * them.
   */
  | { readonly kind: 'several'; readonly users: readonly DirectoryUser[]; readonly more: boolean }
  | { readonly kind: 'none' };
