import { z } from 'zod';

export interface DirectoryUser {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly accountEnabled: boolean | null;
  readonly userType: string | null;
  readonly jobTitle: string | null;
  readonly department: string | null;
}

/** What may be missing, or be of another type than documented. */
export const nullableText = z.string().nullable().default(null).catch(null);

export const userSchema: z.ZodType<DirectoryUser> = z
  .object({
    id: z.string(),
    displayName: nullableText,
    userPrincipalName: z.string(),
    accountEnabled: z.boolean().nullable().default(null).catch(null),
    userType: nullableText,
    jobTitle: nullableText,
    department: nullableText,
  })
  .transform((user) => ({ ...user, displayName: user.displayName ?? user.userPrincipalName }));

/** A user with what they may be called by besides the display name and the principal name. */
export type NamedUser = DirectoryUser & {
  readonly mail: string | null;
  readonly mailNickname: string | null;
  readonly givenName: string | null;
  readonly surname: string | null;
};

export const namedUserSchema: z.ZodType<NamedUser> = z.intersection(
  userSchema,
  z.object({ mail: nullableText, mailNickname: nullableText, givenName: nullableText, surname: nullableText }),
);

/** The user as the rest of Usher knows one. */
export function withoutNames({
  mail: _,
  mailNickname: _n,
  givenName: _g,
  surname: _s,
  ...user
}: NamedUser): DirectoryUser {
  return user;
}

/** Graph tells no type of users who came from an old on-premises directory; they are members. */
export function isGuest({ userType }: Pick<DirectoryUser, 'userType'>): boolean {
  return userType?.toLowerCase() === 'guest';
}

export const userFields = 'id,displayName,userPrincipalName,accountEnabled,userType,jobTitle,department';
export const namedUserFields = `${userFields},mail,mailNickname,givenName,surname`;
export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** More candidates than a card can show; whoever meets them is asked to be more exact. */
export const mostCandidates = 7;
/**
 * Read well beyond what is shown, as the one of exactly that name may stand behind those that only begin so, and whether
 * a name is one person's alone is known only of those that were read.
 */
export const mostRead = 200;

export type UserMatch =
  | { readonly kind: 'one'; readonly user: DirectoryUser }
  /** Users who may be meant, and none of them for certain; it may be a single one. They are offered, never acted on. */
  | { readonly kind: 'several'; readonly users: readonly DirectoryUser[]; readonly more: boolean }
  | { readonly kind: 'none' };
