/**
 * The plain name of a file from how it was given: without folders, the archive that it is a member of (`x.ova!disk.vmdk`), and the
 * query of a URL; `null` for standard input (`-`), which has no name.
 */
export function fileNameOf(path: string): string | null {
  if (path === '-') return null;
  const plain = /^https?:\/\//i.test(path) ? (path.split(/[?#]/)[0] ?? path) : path;
  const member = /\.(?:ova|tar|tgz|gz)!([^!]+)$/i.exec(plain)?.[1] ?? plain;
  return member.split(/[\\/]/).at(-1) ?? member;
}
