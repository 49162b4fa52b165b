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

export const userFields = 'id,displayName,userPrincipalName,accountEnabled,userType,jobTitle,department';
export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** More candidates than a card can show; whoever meets them is asked to be more exact. */
export const mostCandidates = 7;
/** Read well beyond what is shown, as the one of exactly that name may stand behind those that only begin so. */
export const mostRead = 50;
