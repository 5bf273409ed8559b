import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { hostDataIn } from '../../src/gate/host-data.ts';
import { deceitOfName, flawOfName } from '../../src/gate/names.ts';

describe('a name of another file', () => {
  it.each([
    ['/etc/passwd', 'absolute'],
    ['\\windows\\win.ini', 'absolute'],
    ['C:\\disk.vhd', 'absolute'],
    ['c:disk.vhd', 'absolute'],
    ['\\\\server\\share\\disk.vhd', 'absolute'],
    ['//server/share/disk.vhd', 'absolute'],
    ['file:///etc/passwd', 'absolute'],
    ['file://localhost/etc/passwd', 'absolute'],
    ['file:///%65tc/passwd', 'absolute'],
    ['[datastore1] vm/vm.vmdk', 'absolute'],
    ['~/disk.qcow2', 'absolute'],
    ['../disk', 'traversal'],
    ['a/../../disk', 'traversal'],
    ['..\\disk', 'traversal'],
    ['a\\..\\..\\disk', 'traversal'],
    ['file:%2e%2e/disk', 'traversal'],
    ['..', 'traversal'],
    ['/dev/sda', 'device'],
    ['/dev', 'device'],
    ['//dev//sda', 'device'],
    ['/./dev/sda', 'device'],
    ['/proc/self/mem', 'device'],
    ['\\\\.\\PhysicalDrive0', 'device'],
    ['//?/C:/x', 'device'],
    ['/vmfs/devices/disks/naa.1', 'device'],
    ['CON', 'device'],
    ['a/nul.vhd', 'device'],
    ['json:{"file.filename":"/etc/passwd"}', 'protocol'],
    ['nbd://host/x', 'protocol'],
    ['nbd:unix:/run/x', 'protocol'],
    ['fat:rw:/etc', 'protocol'],
    ['HTTP://host/x', 'protocol'],
    ['vsan://1', 'protocol'],
    ['host_device:/dev/sda', 'protocol'],
    ['disk.vmdk', null],
    ['a/b/../disk.vmdk', null],
    ['./disk.vmdk', null],
    ['..disk', null],
    ['disk..', null],
    ['developers/disk', null],
    ['console.vhd', null],
    ['json', null],
    ['ä/ö.qcow2', null],
  ])('%j is %s', (name, flaw) => {
    expect(flawOfName(name)).toBe(flaw);
  });

  it.each(['a\nb', 'a\u0000b', '\u001b[31m', 'a\u202eb', 'a\u200bb', 'a\u0085b', `${'x'.repeat(1024)}`])(
    '%j deceives',
    (name) => {
      expect(deceitOfName(name)).not.toBeNull();
    },
  );

  it.each(['disk.vmdk', 'grün 1.qcow2', '日本.vhd', 'x'.repeat(1023)])('%j does not', (name) => {
    expect(deceitOfName(name)).toBeNull();
  });

  test('is judged whatever it is, and going up more often than down leaves the folder', () => {
    const part = fc.constantFrom('..', '.', 'a', '');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.constantFrom('/', '\\'), (parts, separator) => {
        const name = ['x', ...parts].join(separator);
        let depth = 0;
        let lowest = 0;
        for (const each of ['x', ...parts]) {
          depth += each === '..' ? -1 : each === '.' || each === '' ? 0 : 1;
          lowest = Math.min(lowest, depth);
        }
        expect(flawOfName(name)).toBe(lowest < 0 ? 'traversal' : null);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (name) => void [flawOfName(name), deceitOfName(name), hostDataIn(name)]),
    );
  });
});

describe('a text of the machine that made an image', () => {
  it.each([
    ['made in /home/anna/images by hand', '/home/anna'],
    ['C:\\Users\\Anna\\disk', 'C:\\Users\\Anna'],
    ['/Users/anna', '/Users/anna'],
    ['path=/srv/images/x', '/srv/images/x'],
    ['[datastore1] vm/vm.vmdk', '[datastore1] vm/vm.vmdk'],
    ['see /vmfs/volumes/5f/vm', '/vmfs/volumes/5f/vm'],
    ['\\\\server\\share', '\\\\server\\share'],
  ])('%j tells %j', (text, told) => {
    expect(hostDataIn(text)?.text).toBe(told);
  });

  it.each([
    'lsilogic',
    '2147483647',
    '60 00 C2 9f 11/22',
    'and/or',
    'km/h',
    'http is no path',
    '# Extent description',
  ])('%j tells nothing', (text) => {
    expect(hostDataIn(text)).toBeNull();
  });
});
