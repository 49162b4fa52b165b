import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskLabel, maskText } from '../../src/masking/mask-text.ts';
import { propertyRuns } from '../support/property-runs.ts';

describe('maskText', () => {
  it.each([
    ['{"password":"hun\\"ter2","x":1}', '{"password":"•••","x":1}'],
    [
      '{\\"newPassword\\" : \\"hun ter2\\",\\"userName\\":\\"adele\\"}',
      '{\\"newPassword\\" : \\"•••\\",\\"userName\\":\\"adele\\"}',
    ],
    ['{\\\\\\"clientSecret\\\\\\":\\\\\\"abc\\\\\\"}', '{\\\\\\"clientSecret\\\\\\":\\\\\\"•••\\\\\\"}'],
    ["{'pwd': 'x y'}", "{'pwd': '•••'}"],
    ['{"pin":1234,"a":2}', '{"pin":•••,"a":2}'],
    ['{"password":"cut off', '{"password":"•••'],
    ['{"credentials":[{"a":"b"},["c"]],"d":1}', '{"credentials":•••,"d":1}'],
    ['GET /x?access_token=abc&user=adele HTTP', 'GET /x?access_token=•••&user=adele HTTP'],
    ['%7B%22password%22%3A%22hunter2%22%7D', '%7B%22password%22%3A%22•••%22%7D'],
    ['Server=db;Password=hunter2;User=x', 'Server=db;Password=•••;User=x'],
    ['AccountKey=abc+/==;EndpointSuffix=x', 'AccountKey=•••;EndpointSuffix=x'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: •••'],
    ['Authorization: Digest username="x", response="y"\nHost: a', 'Authorization: •••"x", response="y"\nHost: a'],
    ['Set-Cookie: a=b; c=d\nx', 'Set-Cookie: •••\nx'],
    ['"Authorization":"Bearer abc"', '"Authorization":"•••"'],
    ['sent Bearer abc-def.ghi to it', 'sent Bearer ••• to it'],
    ['pwd: hunter2, next', 'pwd: •••, next'],
    ['Password => hunter2', 'Password => •••'],
    ['X-Api-Key: 8d8f8a', 'X-Api-Key: •••'],
    ['API key: 8d8f8a', 'API key: •••'],
    ['<wsse:Password Type="t">hunter2</wsse:Password>', '<wsse:Password Type="t">•••</wsse:Password>'],
    ['Mot de passe: hunter2', 'Mot de passe: •••'],
    ['Mot de passe : hunter2, réessayez', 'Mot de passe : •••, réessayez'],
    ['Mot de passe\u00a0: hunter2', 'Mot de passe\u00a0: •••'],
    ['Wachtwoord: hunter2', 'Wachtwoord: •••'],
    ['hasło: hunter2', 'hasło: •••'],
    ['haslo=hunter2', 'haslo=•••'],
    ['lösenord: hunter2', 'lösenord: •••'],
    ['salasana: hunter2', 'salasana: •••'],
    ['adgangskode=hunter2', 'adgangskode=•••'],
    ['Palavra-passe: hunter2', 'Palavra-passe: •••'],
    ['Contraseña: hunter2', 'Contraseña: •••'],
    ['"nouveauMotDePasse":"hunter2"', '"nouveauMotDePasse":"•••"'],
    ['密码：hunter2', '密码：•••'],
    ['비밀번호: hunter2', '비밀번호: •••'],
    ["le mot de passe 'hunter2' est refusé", "le mot de passe '•••' est refusé"],
    ["password 'hunter2' was refused", "password '•••' was refused"],
    ['The client secret abcDEF123456789012345 has expired', 'The client secret ••• has expired'],
    ['postgres://u:p@h/db', 'postgres://•••@h/db'],
    ['a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln b', 'a ••• b'],
    ['a -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- b', 'a ••• b'],
    ['aB1.8Q~abcdefghijklmnopqrstuvwxyz012345', '•••'],
  ])('takes the secret out of %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each([
    ['IBAN DE89 3704 0044 0532 0130 00 is wrong', 'IBAN ••• is wrong'],
    ['with GB82WEST12345698765432.', 'with •••.'],
    ['card 4111 1111 1111 1111', 'card •••'],
    ['card 378282246310005', 'card •••'],
    ['123-45-6789', '•••'],
    ['cpf 111.444.777-35', 'cpf •••'],
    ['CPF 11144477735', 'CPF •••'],
    ['1 85 05 78 006 084 91', '•••'],
    ['11010519491231002X', '•••'],
    ['AB 12 34 56 C', '•••'],
    ['born on 2 January 1990 in X', 'born on ••• in X'],
    ['date of birth 1990-01-02', 'date of birth •••'],
    ['Date of birth: 3 May 1980; city', 'Date of birth: •••; city'],
    ['née le 02/01/1990', 'née le •••'],
    ['né le 09/07/1985', 'né le •••'],
    ['il est né, le 9 juillet 1985, à Lyon', 'il est né, le •••, à Lyon'],
    ['Data di nascita: 9 luglio 1985; città', 'Data di nascita: •••; città'],
    ['"pesel":"44051401359"', '"pesel":"•••"'],
    ['PESEL: 44051401359', 'PESEL: •••'],
    ['BSN=111222333&x=1', 'BSN=•••&x=1'],
    ['"curp":"BADD110313HCMLNS09"', '"curp":"•••"'],
    ['codiceFiscale: RSSMRA85T10A562S', 'codiceFiscale: •••'],
    ['Codice fiscale RSSMRA85T10A562S errato', 'Codice fiscale ••• errato'],
    ['"nhsNumber":"943 476 5919"', '"nhsNumber":"•••"'],
    ['NHS number: 943 476 5919', 'NHS number: •••'],
    ['NIF: 12345678Z', 'NIF: •••'],
    ['NIE: X1234567L', 'NIE: •••'],
    ['DNI: 12345678Z', 'DNI: •••'],
    ['"sin":"046 454 286"', '"sin":"•••"'],
    ['AHV-Nummer: 756.9217.0769.85', 'AHV-Nummer: •••'],
    ['for 756.9217.0769.85 here', 'for ••• here'],
    ['CPF: 123', 'CPF: •••'],
    ['"aadhaarNumber":"2345 6789 0123"', '"aadhaarNumber":"•••"'],
    ['SSN: 12-34', 'SSN: •••'],
    ['Adresse: Hauptstraße 5, 10115 Berlin', 'Adresse: •••'],
    ['Dirección: Calle Mayor 5', 'Dirección: •••'],
    ['National ID: AB 123', 'National ID: •••'],
    ['call +49 170 1234567', 'call •••'],
    ['homeAddress=12 Elm Street, Springfield&x=1', 'homeAddress=•••&x=1'],
    ['mobile=123 456 userName=adele', 'mobile=••• userName=adele'],
    ['"addresses":[{"streetAddress":"12 Elm"}],"userName":"adele"', '"addresses":•••,"userName":"adele"'],
    ["the value 'Elm' of street is bad", "the value '•••' of street is bad"],
    ['a salary of 85,000 USD', 'a salary of ••• USD'],
  ])('takes personal data out of %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each([
    "The User 'adele.vance+x@contoso.com' (5eed0000-0000-4000-8000-000000000003) was created in Salesforce",
    'InvalidAuthenticationToken: Access token has expired or is not yet valid.',
    'SystemForCrossDomainIdentityManagementInvalidCredentials: the tenant',
    'Please provide a valid tenant URL and secret token for your application: Zscaler answered 401.',
    "the attribute 'password' is required in Salesforce and has no value in the source.",
    'Message: Contoso returned an error response with the HTTP status code 409.  This response indicates a conflict.',
    '{"status":"409","scimType":"uniqueness","detail":"userName adele@contoso.com is taken"}',
    'anchor 132772253564048004, 00u1abcdEFGH2345, id=12345678-1234-1234-1234-123456789012',
    'CN=AdeleV,CN=Users,DC=corp,DC=contoso,DC=com at 2023-07-31T00:00:16.7866324+00:00',
    "Invalid value 'adele@contoso.com' of userName, value 'True' of active",
    'Basic authentication is off; "password":null,"passwordExpired":true',
    '{"LanguageLocaleKey":"en_US","emailAddress":"a@b.c"}',
    'hasLocation: true, hasLocation=no, E-Mail-Adresse: adele@contoso.com, Adresse e-mail: adele@contoso.com',
    'Parent: Sales, single: 5, nickname: adele, Person: Adele Vance',
    'API version 2.0.1.4, build 20230731, ticket INC0012345, 10.0.0.1:8443',
  ])('leaves %j as it is', (text) => {
    expect(maskText(text)).toBe(text);
  });

  const piece = fc.constantFrom(
    ...[
      'password',
      '"',
      "'",
      '\\',
      ':',
      '=',
      '{',
      '}',
      '[',
      ']',
      ' ',
      'token',
      'eyJabcdefghijkl',
      '•••',
      '<pwd>',
      '%22',
    ],
    ...[
      '4111111111111111',
      'birth',
      '1990-01-02',
      'bearer ',
      'adele@contoso.com',
      '://',
      '@',
      '\n',
      'address',
      '&',
      ',',
    ],
  );

  it('changes nothing more when it is applied twice, and stays within its limit', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom(40, 4_000), (pieces, limit) => {
        const once = maskText(pieces.join(''));

        expect(maskText(once)).toBe(once);
        expect(maskText(pieces.join(''), limit).length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('takes the value out from behind a key, whatever the value and however often it is escaped', () => {
    const value = fc
      .string({ minLength: 8, maxLength: 40 })
      .filter((text) => /^[^•]*$/.test(text) && text.trim() === text);

    fc.assert(
      fc.property(
        value,
        fc.constantFrom('password', 'clientSecret', 'access_token'),
        fc.nat({ max: 3 }),
        (secret, key, depth) => {
          let text = JSON.stringify({ userName: 'adele', [key]: `Zq7${secret}7qZ`, end: 1 });
          for (let level = 0; level < depth; level += 1) text = JSON.stringify({ detail: text });

          const masked = maskText(`Status 400: ${text}`);

          expect(masked).not.toContain('Zq7');
          expect(masked).not.toContain('7qZ');
          expect(masked).toContain('adele');
        },
      ),
    );
  });

  it('does not show the first half of a secret that is cut off', () => {
    const text = `${'x '.repeat(1_995)}4111 1111 1111 1111${' y'.repeat(500)}`;

    expect(maskText(text)).not.toMatch(/4111|1111/);
  });

  it.each([
    '"',
    'password=',
    '\\',
    '[{',
    'eyJ',
    '1 ',
    'password ',
    '<a ',
    'de12 abcd ',
    'birth ',
    '=',
    '+1',
    '-----BEGIN A-----',
  ])('reads no more of a long text than of a short one: %j', (part) => {
    const long = part.repeat(100_000);

    expect(maskText(long)).toBe(maskText(long.slice(0, 4_600)));
  });
});

describe('maskLabel', () => {
  it('keeps the numbers of ids, and no secrets', () => {
    expect(maskLabel('4111111111111111')).toBe('4111111111111111');
    expect(maskLabel('adele password=hunter2')).toBe('adele password=•••');
  });
});
