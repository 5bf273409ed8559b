import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHttpUrl, redactUrl, resolveSibling } from '../../src/io/http/url.ts';
import { parseContentRange } from '../../src/io/http/answer.ts';

describe('a URL as it is shown', () => {
  it.each([
    ['https://host/a/b.vmdk', 'https://host/a/b.vmdk'],
    ['https://user:pass@host:8443/a', 'https://host:8443/a'],
    ['https://user@host/a', 'https://host/a'],
    [
      'https://esxi/folder/vm/a.vmdk?dcPath=ha-datacenter&dsName=ds1',
      'https://esxi/folder/vm/a.vmdk?dcPath=...&dsName=...',
    ],
    ['https://s3/b/k?X-Amz-Signature=abc=&x', 'https://s3/b/k?X-Amz-Signature=...&...'],
    ['https://host/a?token', 'https://host/a?...'],
    ['https://host/a?b=', 'https://host/a?b=...'],
    ['https://host/a#secret', 'https://host/a'],
    ['HTTPS://User:Pass@Host/a', 'https://host/a'],
    ['http:///user:pass@host/a', 'http://host/a'],
    ['http:\\\\user:pass@host/a', 'http://host/a'],
    ['https://user:pa/ss@host/a', 'https://...'],
    ['https://', 'https://...'],
    ['/tmp/disk.vmdk?x=1', '/tmp/disk.vmdk?x=1'],
    ['-', '-'],
  ])('%s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
    expect(redactUrl(shown)).toBe(shown);
  });

  it('has no secret, whatever it is made of', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+_=-]{0,6}SECRET[A-Za-z0-9+=_-]{0,6}$/);
    const pair = fc.tuple(fc.stringMatching(/^[a-z]{0,5}$/), secret).map(([key, value]) => `${key}=${value}`);
    const bare = secret.map((text) => text.replaceAll('=', '/'));
    const user = fc.option(
      fc.tuple(secret, secret).map((both) => `${both.join(':')}@`),
      { nil: '' },
    );
    const query = fc.array(fc.oneof(pair, bare), { maxLength: 4 }).map((pairs) => `?${pairs.join('&')}`);
    fc.assert(
      fc.property(fc.constantFrom('http', 'https', 'HTTP'), user, query, (scheme, info, search) => {
        expect(redactUrl(`${scheme}://${info}host/path${search}`)).not.toContain('SECRET');
      }),
    );
  });

  it('is one only with a scheme of HTTP', () => {
    expect(['http://a', 'HTTPS://a', 'ftp://a', 'http:a', '/http://a', '-'].map(isHttpUrl)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the URL of a file beside another', () => {
  const ESXI = 'https://root@esxi/folder/vm%201/vm.vmdk?dcPath=ha-datacenter&dsName=ds1#x';
  it.each([
    [ESXI, 'vm-flat.vmdk', 'https://root@esxi/folder/vm%201/vm-flat.vmdk?dcPath=ha-datacenter&dsName=ds1'],
    [
      ESXI,
      'a b%#?&.vmdk',
      'https://root@esxi/folder/vm%201/a%20b%25%23%3F%26.vmdk?dcPath=ha-datacenter&dsName=ds1',
    ],
    [ESXI, 'sub/./x.vmdk', 'https://root@esxi/folder/vm%201/sub/x.vmdk?dcPath=ha-datacenter&dsName=ds1'],
    [ESXI, 'sub/../x.vmdk', 'https://root@esxi/folder/vm%201/x.vmdk?dcPath=ha-datacenter&dsName=ds1'],
    ['http://host/a.vhd', 'b.vhd', 'http://host/b.vhd'],
    ['http://host', 'b.vhd', 'http://host/b.vhd'],
    [ESXI, '../other/x.vmdk', null],
    [ESXI, 'sub/../../x.vmdk', null],
    [ESXI, '/vmfs/volumes/ds1/vm/x.vmdk', null],
    [ESXI, '\\\\host\\share\\x.vmdk', null],
    [ESXI, 'http://evil/x.vmdk', null],
    [ESXI, 'nbd:host:10809', null],
    [ESXI, 'file:x', null],
    [ESXI, 'a\nb', null],
    [ESXI, '', null],
    [ESXI, '.', null],
    ['nonsense', 'x', null],
  ])('%s and %s', (url, name, expected) => {
    expect(resolveSibling(url, name)).toBe(expected);
  });

  it.each([
    [ESXI, '../other/x.vmdk', 'https://root@esxi/folder/other/x.vmdk?dcPath=ha-datacenter&dsName=ds1'],
    [ESXI, '../../x.vmdk', null],
    ['http://host/a/b/c.vhd?s=1', '../../x.vhd', 'http://host/x.vhd?s=1'],
    ['http://host/a/b/c.vhd', '../../../x.vhd', null],
    ['http://host/a/b/c.vhd', '..', null],
    ['http://host/a/b/c.vhd', '../', null],
    ['http://host/a/b/c.vhd', '/x.vhd', null],
  ])('outside its folder, where that is allowed: %s and %s', (url, name, expected) => {
    expect(resolveSibling(url, name)).toBeNull();
    expect(resolveSibling(url, name, { allowOutside: true })).toBe(expected);
  });

  it('is on the same host and in the same folder, whatever the name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[./\\%2eE:@?#a]*$/)), (name) => {
        const sibling = resolveSibling('https://host/a/b/c.vmdk?q=1', name);
        if (sibling === null) return;
        const { origin, pathname, search, username } = new URL(sibling);
        expect([origin, search, username]).toEqual(['https://host', '?q=1', '']);
        expect(pathname.startsWith('/a/b/')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  ['bytes 0-0/1', { first: 0, last: 0, size: 1 }],
  [' bytes 5-9/* ', { first: 5, last: 9, size: null }],
  ['bytes 5-4/10', null],
  ['bytes 0-10/10', null],
  ['bytes */10', null],
  ['items 0-1/2', null],
  ['bytes 0-9007199254740992/9007199254740999', null],
  ['bytes 0-1/2, bytes 3-4/5', null],
  ['', null],
  [null, null],
])('Content-Range: %s', (value, expected) => {
  expect(parseContentRange(value)).toEqual(expected);
});
