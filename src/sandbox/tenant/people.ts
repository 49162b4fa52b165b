import { generatedNames, generatedPosts } from './generated-names.ts';
import { domain, objectId } from './identity.ts';

/** A user of the tenant, with the attributes that Usher or a provisioning rule reads. */
export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly surname: string | null;
  readonly userPrincipalName: string;
  readonly mail: string;
  readonly mailNickname: string;
  readonly jobTitle: string;
  readonly department: string;
  readonly officeLocation: string;
  readonly preferredLanguage: string;
  readonly employeeId: string;
  readonly accountEnabled: boolean;
  readonly userType: 'Member' | 'Guest';
  readonly managerId: string | null;
}

interface Particulars {
  readonly jobTitle: string;
  readonly department: string;
  readonly manager: number | null;
  readonly alias?: string;
  readonly givenName?: string;
  /** BCP 47; also of the person's Teams. */
  readonly language?: string;
  readonly surname?: string | null;
  readonly accountEnabled?: false;
  /** The guest's home address; its presence makes the person a guest. */
  readonly guestOf?: string;
}

const megan = 0x02;
const patti = 0x05;

/** The people of the demo and the tests, by the names that tests use. Each has one special property. */
export const people = {
  alex: person(0x01, 'Alex Wilber', { jobTitle: 'Helpdesk Specialist', department: 'IT', manager: patti }),
  megan: person(megan, 'Megan Bowen', { jobTitle: 'Sales Manager', department: 'Sales', manager: patti }),
  adele: person(0x03, 'Adele Vance', { jobTitle: 'Account Executive', department: 'Sales', manager: megan }),
  isaiah: person(0x04, 'Isaiah Langer', { jobTitle: 'Sales Representative', department: 'Sales', manager: megan }),
  patti: person(patti, 'Patti Fernandez', { jobTitle: 'Applications Director', department: 'IT', manager: null }),
  lynne: person(0x06, 'Lynne Robbins', { jobTitle: 'Reliability Engineer', department: 'IT', manager: patti }),
  diego: person(0x07, 'Diego Siciliani', { jobTitle: 'Contract Analyst', department: 'Legal', manager: megan }),
  nestor: person(0x08, 'Nestor Wilke', {
    jobTitle: 'Operations Director',
    department: 'Operations',
    manager: patti,
    accountEnabled: false,
  }),
  grady: person(0x09, 'Grady Archie', { jobTitle: 'Product Designer', department: 'Design', manager: patti }),
  leeGu: person(0x0a, 'Lee Gu', {
    jobTitle: 'Manufacturing Director',
    department: 'Operations',
    manager: patti,
    alias: 'lee.gu',
  }),
  leeParker: person(0x0b, 'Lee Parker', {
    jobTitle: 'Campaign Planner',
    department: 'Marketing',
    manager: patti,
    alias: 'lee.parker',
  }),
  johanna: person(0x0c, 'Johanna Lorenz', { jobTitle: 'Senior Engineer', department: 'Engineering', manager: patti }),
  miriam: person(0x0d, 'Miriam Graham', {
    jobTitle: 'Marketing Director',
    department: 'Marketing',
    manager: patti,
    surname: null,
  }),
} as const satisfies Record<string, Person>;

const firstGenerated = 0x20;

/** Sixty-four more people, `…20` to `…5f`: enough for bulk requests, for paging and for the Sales Team. */
export const generatedPeople: readonly Person[] = generatedNames.map((displayName, index) => {
  const post = generatedPosts(index);
  const lead = firstGenerated + post.leadIndex;
  return person(firstGenerated + index, displayName, {
    jobTitle: post.jobTitle,
    department: post.department,
    manager: post.leadIndex === index ? patti : lead,
  });
});

const firstOdd = 0x60;

/**
 * People whose names test the reading of names: an address with an apostrophe and a colleague whose name is a part of
 * that address, a guest with a member's first name, and names that begin like "all", "her", "him", "them", "us", "it"
 * or "new".
 */
export const oddlyNamed = {
  annONeil: odd(0, "Ann O'Neil", { jobTitle: 'Accountant', department: 'Finance', alias: "ann.o'neil" }),
  neil: odd(1, 'Neil Sheppard', { jobTitle: 'Auditor', department: 'Finance' }),
  guestIsaiah: odd(2, 'Isaiah', {
    jobTitle: 'Consultant',
    department: 'Finance',
    surname: 'Brook',
    guestOf: 'isaiah@northwindtraders.com',
  }),
  allan: odd(3, 'Allan Deyoung', { jobTitle: 'Network Administrator', department: 'IT' }),
  herta: odd(4, 'Herta Berg', { jobTitle: 'Buyer', department: 'Purchasing' }),
  himani: odd(5, 'Himani Rao', { jobTitle: 'Data Analyst', department: 'Finance' }),
  themba: odd(6, 'Themba Nkosi', { jobTitle: 'Site Manager', department: 'Facilities' }),
  usha: odd(7, 'Usha Patel', { jobTitle: 'Recruiter', department: 'Human Resources' }),
  itai: odd(8, 'Itai Cohen', { jobTitle: 'Planner', department: 'Logistics' }),
  newton: odd(9, 'Newton Isaac', { jobTitle: 'Technician', department: 'Facilities' }),
  bothina: odd(10, 'Bothina Salem', { jobTitle: 'Editor', department: 'Marketing' }),
  somer: odd(11, 'Somer Hall', { jobTitle: 'Trainer', department: 'Human Resources' }),
  thisbe: odd(12, 'Thisbe Moor', { jobTitle: 'Librarian', department: 'Legal' }),
} as const satisfies Record<string, Person>;

const [chloe, thiago, wangWei] = [0x70, 0x74, 0x78];

/** Three managers who read French, Portuguese and Chinese, and their reports, whose names hold the languages' small words. */
export const abroad = {
  chloe: person(chloe, 'Chloé Marchand', { ...leads('fr-FR'), alias: 'chloe' }),
  elodie: person(0x71, 'Élodie Garnier', { ...sells('fr-FR', chloe), alias: 'elodie' }),
  jeanMarc: person(0x72, 'Jean-Marc de La Tour', {
    ...sells('fr-FR', chloe),
    alias: 'jean-marc',
    surname: 'de La Tour',
  }),
  thiago: person(thiago, 'Thiago Nogueira', leads('pt-BR')),
  joao: person(0x75, 'João Costa e Silva', { ...sells('pt-BR', thiago), alias: 'joao', surname: 'Costa e Silva' }),
  renata: person(0x76, 'Renata das Dores', { ...sells('pt-BR', thiago), surname: 'das Dores' }),
  wangWei: person(wangWei, '王伟', { ...leads('zh-CN'), alias: 'wangwei', givenName: '伟', surname: '王' }),
  liNa: person(0x79, '李娜', { ...sells('zh-CN', wangWei), alias: 'lina', givenName: '娜', surname: '李' }),
  zhaLiangyong: person(0x7a, '查良镛', {
    ...sells('zh-CN', wangWei),
    alias: 'zhaliangyong',
    givenName: '良镛',
    surname: '查',
  }),
} as const satisfies Record<string, Person>;

export const everybody: readonly Person[] = [
  ...Object.values(people),
  ...generatedPeople,
  ...Object.values(oddlyNamed),
  ...Object.values(abroad),
];

const firstSeasonal = 0x1000;

/** Any number of further people for a long list: `season001@contoso.com` and so on, assigned like the others. */
export function seasonalPeople(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(3, '0');
    const post = { jobTitle: 'Seasonal Worker', department: 'Stores', manager: megan, alias: `season${number}` };
    return person(firstSeasonal + index, `Season${number} Worker`, post);
  });
}

const firstOfStores = 0x4000;

/** Enough for a group that fits no page and no list: `store0001@contoso.com` and so on, assigned only with a group. */
export const storePeople: readonly Person[] = Array.from({ length: 1_203 }, (_, index) => {
  const number = String(index + 1).padStart(4, '0');
  const post = { jobTitle: 'Sales Assistant', department: 'Stores', manager: patti, alias: `store${number}` };
  return person(firstOfStores + index, `Store${number} Assistant`, post);
});

/**
 * A person's distinguished name in the on-premises directory, the only name by which cloud sync knows its subjects. No
 * name in the tenant needs escaping.
 */
export function distinguishedName(someone: Person): string {
  return `CN=${someone.displayName},OU=${someone.department},DC=contoso,DC=com`;
}

function leads(language: string): Particulars {
  return { jobTitle: 'Sales Manager', department: 'Sales', manager: patti, language };
}

function sells(language: string, manager: number): Particulars {
  return { jobTitle: 'Account Executive', department: 'Sales', manager, language };
}

function odd(index: number, displayName: string, particulars: Omit<Particulars, 'manager'>): Person {
  return person(firstOdd + index, displayName, { ...particulars, manager: patti });
}

function person(number: number, displayName: string, particulars: Particulars): Person {
  const [firstName = displayName, lastName = null] = displayName.split(' ');
  const { givenName = firstName, surname = lastName } = particulars;
  const home = particulars.guestOf;
  // Entra writes a guest's home address into the principal name.
  const alias = particulars.alias ?? (home === undefined ? givenName.toLowerCase() : `${home.replace('@', '_')}#EXT#`);
  return {
    id: objectId(number),
    displayName,
    givenName,
    surname,
    userPrincipalName: `${alias}@${domain}`,
    mail: home ?? `${alias}@${domain}`,
    mailNickname: alias,
    jobTitle: particulars.jobTitle,
    department: particulars.department,
    officeLocation: `Building ${1 + (number % 4)}`,
    preferredLanguage: particulars.language ?? 'en-US',
    employeeId: String(100_000 + number),
    accountEnabled: particulars.accountEnabled ?? true,
    userType: home === undefined ? 'Member' : 'Guest',
    managerId: particulars.manager === null ? null : objectId(particulars.manager),
  };
}
