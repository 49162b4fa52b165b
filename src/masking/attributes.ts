/**
 * The attributes of people and groups whose values Usher keeps. Connectors copy whatever a tenant maps, from the job
 * title to the bank account, so unlisted attributes are not kept; `SHOWN_ATTRIBUTES` adds to the list. Secrets are
 * never kept, listed or not.
 */
export type IsShown = (attribute: string) => boolean;

/** Replaces a value that Usher does not keep, and a secret in a text. The same in all languages. */
export const notKept = '•••';

/** A word reduced to what identifies it: `given_name`, `givenName` and `Given Name` are the same. */
export const bareWord = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** By the attribute's path without its filters and its `value`, or by each part of the path. */
const shownByDefault: ReadonlySet<string> = new Set([
  // The name, and how the subject signs in.
  ...['name', 'displayname', 'givenname', 'firstname', 'surname', 'familyname', 'lastname', 'sn', 'cn', 'commonname'],
  ...['fullname', 'formatted', 'username', 'userprincipalname', 'onpremisesuserprincipalname', 'upn'],
  ...['login', 'loginname', 'samaccountname', 'onpremisessamaccountname', 'mailnickname', 'alias'],
  ...['mail', 'email', 'emails', 'emailaddress', 'workemail', 'primaryemail'],
  // The place in the organization.
  ...['title', 'jobtitle', 'department', 'company', 'companyname', 'organization', 'division', 'costcenter'],
  ...['manager', 'managerid', 'usertype', 'employeetype', 'physicaldeliveryofficename', 'officelocation'],
  // State, language, country.
  ...['active', 'isactive', 'accountenabled', 'accountdisabled', 'enabled', 'suspended', 'issoftdeleted'],
  ...['preferredlanguage', 'language', 'languagelocalekey', 'locale', 'localesidkey', 'timezone', 'timezonesidkey'],
  ...['emailencodingkey', 'usagelocation', 'country', 'countrycode', 'c', 'co'],
  // Rights in the application.
  ...['group', 'groups', 'member', 'members', 'role', 'roles', 'approleassignments', 'entitlement', 'entitlements'],
  ...['profileid', 'profilename', 'profile', 'userroleid', 'userrole'],
  // Anchors. Employee numbers are not listed by default, as some countries use the national id for them.
  ...['id', 'objectid', 'externalid', 'immutableid', 'anchor', 'distinguishedname', 'onpremisesdistinguishedname'],
]);

/** Parts of a path that have no meaning of their own: `emails[type eq "work"].value`, `name.givenName`. */
const structure: ReadonlySet<string> = new Set('value display type primary ref name user operation'.split(' '));

const longestPath = 300;

/** `emails[type eq "home"]` and the like. */
const privateType = /home|personal|private|other/i;

function pathOf(attribute: string): readonly string[] {
  // A schema's URN ends at its last colon, and its version contains a dot.
  const own = attribute.startsWith('urn:') ? attribute.slice(lastColon(attribute) + 1) : attribute;
  const parts = own
    .replace(/\[[^\]]*\]/g, '')
    .split(/[.:]/)
    .map(bareWord)
    .filter((part) => part !== '');
  const telling = parts.filter((part) => !structure.has(part));
  return telling.length > 0 ? telling : parts;
}

/** Outside of a filter, which may contain colons too. */
function lastColon(attribute: string): number {
  const filter = attribute.indexOf('[');
  return (filter === -1 ? attribute : attribute.slice(0, filter)).lastIndexOf(':');
}

/**
 * The list with a tenant's additions. An added name covers everything below it, `addresses` for `addresses[type eq
 * "work"].locality`; one with a filter covers that filter alone.
 */
export function showing(added: readonly string[] = []): IsShown {
  const exact = new Set(added.map(asWritten));
  const paths = new Set(added.filter((name) => !name.includes('[')).map((name) => pathOf(name).join('.')));
  return (attribute) => {
    const path = attribute.length > longestPath ? [] : pathOf(attribute);
    if (path.length === 0 || isSecretName(attribute)) return false;
    if (exact.has(asWritten(attribute))) return true;
    if (path.some((part, at) => paths.has(part) || paths.has(path.slice(0, at + 1).join('.')))) return true;
    return !isPrivate(attribute) && path.every((part) => shownByDefault.has(part));
  };
}

/** What is wrong with names that a tenant wants to add, and how to fix it. */
export function shownAttributeProblems(names: readonly string[]): readonly { problem: string; fix: string }[] {
  const quoted = (some: readonly string[]) => some.map((name) => `“${name.slice(0, 40)}”`).join(', ');
  const unreadable = names.filter((name) => name.length > longestPath || !attributeName.test(name));
  const secrets = names.filter(isSecretName);
  const ofUnreadable = {
    problem: `has ${quoted(unreadable)}, which names no attribute`,
    fix: 'list names as the app’s attribute mapping spells them, separated by commas, e.g. employeeId,costCenter',
  };
  const ofSecrets = {
    problem: `names ${quoted(secrets)}, which holds a secret, and secrets are never shown`,
    fix: 'remove what stands for passwords, keys, tokens and the like',
  };
  return [...(unreadable.length === 0 ? [] : [ofUnreadable]), ...(secrets.length === 0 ? [] : [ofSecrets])];
}

/** A path or a URN, with filters, but no wildcards. */
const attributeName = /^[\p{L}\p{N}_$:.-]+(?:\[[^[\]]{1,200}\][\p{L}\p{N}_$:.-]*){0,5}$/u;

const asWritten = (attribute: string): string => attribute.trim().toLowerCase();

export const shownAlone: IsShown = showing();

function isPrivate(attribute: string): boolean {
  const [filter] = /\[[^\]]*\]/.exec(attribute) ?? [];
  return filter !== undefined && privateType.test(filter);
}

/** Whether an object inside a value is marked as private, as SCIM's `{"type":"home","value":"…"}`. */
export const isPrivateType = (type: unknown): boolean => typeof type === 'string' && privateType.test(type);

/** Parts of an object inside a value that is kept: `{"value":"…","display":"…"}`. */
export const isStructure = (key: string): boolean => structure.has(bareWord(key));

/**
 * "Password" in the languages of directories, as `bareWord` leaves it. Words of the second list are parts of English
 * ones, such as `hasLocation`, so they count only at the end of a name.
 */
export const passwordWords =
  'kennwort|kodeord|passord|senha|contrase[nñ]|contrasenya|motdepasse|palavrapasse|palavrachave|wachtwoord|wagwoord|hasło|l[oö]senord|salasana|adgangskode|lykilorð|jelszó|şifre|lozink|slaptažod|paroladordine|пароль|парол|лозинк|κωδικόςπρόσβασης|סיסמה|كلمةالمرور|كلمةالسر|mậtkhẩu|รหัสผ่าน|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호';
export const passwordEnds = 'haslo|heslo|geslo|jelszo|sifre|parola|parool|matkhau|clave';

const secretAnywhere = new RegExp(
  `passw|passphrase|passcode|pwd|secret|token|credential|apikey|privatekey|accesskey|accountkey|sharedkey|${passwordWords}|(?:${passwordEnds})$`,
  'i',
);
const secretWords = new Set('key keys pin otp pass cvv ssn cert certificate hash'.split(' '));

/**
 * Whether an attribute's name says that its value is a secret. Short words count only as a whole part of the name:
 * `userPin` is one, `shippingAddress` is not.
 */
export function isSecretName(attribute: string): boolean {
  const start = attribute.slice(0, longestPath);
  if (shownByDefault.has(bareWord(start))) return false;
  if (secretAnywhere.test(start) || secretAnywhere.test(bareWord(start))) return true;
  const parts = start
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return parts.some((part) => secretWords.has(part));
}

/** Secrets named in a text: the short words above are too common there, but headers and signatures count. */
const secretInText = new RegExp(
  `passw|passphrase|passcode|pwd|secret|token|credential|apikey|privatekey|accesskey|accountkey|sharedkey|signingkey|subscriptionkey|encryptionkey|authorization|cookie|assertion|signature|sessionid|${passwordWords}|(?:${passwordEnds})$|^(?:sig|pin|otp|cvv|cvc|pass)$`,
);

/** National ids by their names: alone or followed by "number". */
const nationalId =
  /^(?:pesel|bsn|burgerservice|curp|codicefiscale|codfiscale|nhs|nif|nie|dni|nuip|sin|ahv|avs|cpf|aadhaa?r|ssn|sozialversicherungs|svnr|nino|nir|insee|pps|ppsn|cnp|egn|oib|jmbg|emso|rodn[eé](?:[cč][ií]slo)?|cpr|f[oø]dsels|hetu|henkil[oö]tunnus|isikukood|asmenskodas|personaskods|amka|tckimlik|kimlik|c[eé]dula|cuil|cuit|rut|nric|hkid|emiratesid|iqama|mynumber|tfn|nationalregister|rijksregister)(?:number|num|no|nr|nummer|n[uú]mero|numer|id|code|ssa)?$/;

/** Private data about a person, by its names in directories, HR systems and their languages. */
const personal =
  /birth|nascita|urodz|syntym|f[oø]dsel|f[oö]delse|рожд|do[gğ]um|geboorte|^(?:adres+|adresse[nr]?|anschrift|wohnadresse|privatadresse|direcci[oó]n|domicilio|domicile|morada|endere[cç]o|indirizzo|osoite|adresa|адрес|住所|住址|地址|주소)$|^(?:stra(?:ss|ß)e|postleitzahl|plz|codepostal|c[oó]digopostal|cep|telef[oó]no?|m[oó]vil|handynummer)$|^dob$|geburt|naissance|nascimento|nacimiento|出生|^iban|iban$|bankaccount|accountnumber|routingnumber|cardnumber|creditcard|^ssn|ssn$|socialsecurity|nationalid|nationalnumber|(?:insurance|security)number|identity(?:card|number)|idcard|citizenid|governmentid|personalid|personnummer|taxid|taxnumber|taxpayer|steuer|^cpf|cpf$|^nir$|numerosecu|^nino$|^dni$|aadhaar|身份证|passport|driver(?:s)?licen|street|homeaddress|postaladdress|mailingaddress|privateaddress|addressline|^address(?:es)?$|postalcode|postcode|zipcode|^zip$|postofficebox|postbox|phone|mobile|^(?:cell|fax|pager)|facsimile|salary|salaire|salario|gehalt|compensation|wage|payrate|gender|maritalstatus|ethnicity|religion|disability/;

export type Sensitivity = 'secret' | 'personal' | null;

/** What a key in a text says about its value. */
export function sensitivityOf(key: string): Sensitivity {
  const word = bareWord(key.slice(0, longestPath));
  if (word === '' || shownByDefault.has(word)) return null;
  if (secretInText.test(word)) return 'secret';
  return personal.test(word) || nationalId.test(word) ? 'personal' : null;
}
