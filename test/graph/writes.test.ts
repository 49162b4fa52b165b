import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const folder = new URL('../../src/graph/', import.meta.url);
const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(new URL(path, folder), 'utf8'))
  .join('\n');

it('Usher asks Graph to change nothing but what it provisions on demand, whether jobs run, and the assignments that APPS_FILE allows', () => {
  // The purpose of a call is in its path, which stands beside the method, or right before the call.
  const posts = source
    .split("method: 'POST'")
    .slice(0, -1)
    .map((before, index) => {
      const after = source.split("method: 'POST'")[index + 1] ?? '';
      const near = [after.slice(0, 120), before.slice(-200)].join(' ');
      return /\}\/(?:schema\/)?(\w+)`/.exec(near)?.[1] ?? near;
    });

  // Graph takes questions by POST: about membership, about the value of an expression, and whether credentials work.
  const questions = ['checkMemberGroups', 'parseExpression', 'validateCredentials'];
  const changes = ['appRoleAssignedTo', 'pause', 'provisionOnDemand', 'restart', 'start'];
  expect(posts.toSorted()).toEqual([...questions, ...changes].toSorted());
  expect(source).not.toMatch(/method: '(?:PATCH|PUT)'/);
  expect(source).toContain("export type GraphMethod = 'GET' | 'POST' | 'DELETE';");
});

it('Usher asks Graph to delete nothing but app role assignments, in one place', () => {
  const [before = '', ...deletions] = source.split("method: 'DELETE'");

  expect(deletions).toHaveLength(1);
  // The path stands right before the call.
  expect(before.slice(-200)).toMatch(/\/appRoleAssignedTo\$\{graphPath\(id\)\}`/);
});
