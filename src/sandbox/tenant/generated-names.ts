/**
 * The names of the sixty-four generated people. Two properties matter and are tested: given names are unique, since a
 * user principal name is a given name here, and none is the beginning of another name, so that a search for one person
 * never finds a second by accident. The two Lees are the tenant's only ambiguity.
 */
export const generatedNames: readonly string[] = [
  'Priya Nair',
  'Tomasz Kowalski',
  'Camille Moreau',
  'Hiroshi Tanaka',
  'Fatima Haddad',
  'Oscar Lindqvist',
  'Beatriz Carvalho',
  'Declan Murphy',
  'Ingrid Solberg',
  'Kwame Mensah',
  'Yuki Nakamura',
  'Rosa Delgado',
  'Anika Sharma',
  'Bruno Keller',
  'Chiara Ricci',
  'Dmitri Volkov',
  'Emeka Okafor',
  'Freya Jensen',
  'Gabriela Torres',
  'Henrik Dahl',
  'Imani Otieno',
  'Jonas Weber',
  'Katarina Horvat',
  'Lorenzo Bianchi',
  'Mei Chen',
  'Noah Fischer',
  'Olivia Bennett',
  'Pavel Novak',
  'Quentin Dubois',
  'Ravi Menon',
  'Sofia Castillo',
  'Theo Laurent',
  'Uma Krishnan',
  'Viktor Petrov',
  'Wanjiru Kamau',
  'Ximena Rojas',
  'Yasmin Farouk',
  'Zoe Papadakis',
  'Amara Diallo',
  'Bastian Vogel',
  'Celine Fontaine',
  'Daniela Ferreira',
  'Elif Yilmaz',
  'Farid Rahimi',
  'Greta Andersen',
  'Hamza Siddiqui',
  'Irena Kralova',
  'Jamal Washington',
  'Keiko Mori',
  'Liam Gallagher',
  'Mateus Almeida',
  'Nadia Benali',
  'Omar Khalil',
  'Paloma Vega',
  'Rafael Mendes',
  'Saskia Visser',
  'Tariq Aziz',
  'Ulrika Berg',
  'Valentina Greco',
  'Wesley Thornton',
  'Xavier Blanchard',
  'Yara Mansour',
  'Zane Whitfield',
  'Bettina Hoffmann',
];

interface Post {
  readonly department: string;
  readonly jobTitle: string;
  /** Index of the person who leads this department; the lead's own index for the lead. */
  readonly leadIndex: number;
}

interface Department {
  readonly name: string;
  readonly from: number;
  readonly titles: readonly string[];
}

// The first of each department leads it. Sales ends where the Sales Team does, Engineering where its groups do.
const departments: readonly Department[] = [
  { name: 'Sales', from: 0, titles: ['Account Executive', 'Sales Representative', 'Solution Specialist'] },
  { name: 'Engineering', from: 12, titles: ['Software Engineer', 'Test Engineer', 'Platform Engineer'] },
  { name: 'Marketing', from: 18, titles: ['Content Editor', 'Event Planner', 'Market Analyst'] },
  { name: 'Finance', from: 28, titles: ['Accountant', 'Controller', 'Payroll Specialist'] },
  { name: 'Human Resources', from: 38, titles: ['Recruiter', 'Benefits Specialist', 'Learning Consultant'] },
  { name: 'Customer Success', from: 46, titles: ['Customer Consultant', 'Support Engineer', 'Trainer'] },
  { name: 'Operations', from: 56, titles: ['Logistics Planner', 'Facilities Coordinator', 'Purchasing Agent'] },
];

/** Department, title and lead of the generated person at this index. */
export function generatedPosts(index: number): Post {
  let own = departments[0];
  for (const department of departments) {
    if (department.from <= index) own = department;
  }
  if (own === undefined) throw new Error('The tenant has no departments.');
  const jobTitle =
    index === own.from ? `Head of ${own.name}` : (own.titles[(index - own.from) % own.titles.length] ?? own.name);
  return { department: own.name, jobTitle, leadIndex: own.from };
}
