/**
 * The arguments of vitest for those of `npm test`: `--update` goes last, since vitest takes what follows it for its value and the first file
 * would be lost.
 */
export function vitestArguments(args) {
  const isUpdate = args.includes('--update');
  return ['run', ...args.filter((arg) => arg !== '--update'), ...(isUpdate ? ['--update'] : [])];
}
