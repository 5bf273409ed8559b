/**
 * Breaks a text at spaces into lines of at most `width` characters, words longer than that left whole, and puts
 * `first` before the first line and as many spaces before the others.
 */
export function wrapText(text: string, width: number, first = ''): string {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && first.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((content, index) => (index === 0 ? first : indent) + content).join('\n');
}

/** The length of the longest of some texts; 0 where there is none. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
