import { styleText } from 'node:util';

export type Canvas = {
  readonly columns: number;
  readonly colour: boolean;
  readonly unicode: boolean; // whether the terminal shows more than ASCII
};

export type Brush = {
  readonly columns: number;
  bold(text: string): string;
  faint(text: string): string;
  bright(text: string): string;
  /** A bar for `share` of `width`, padded to the width; what is not nothing is seen. */
  bar(share: number, width: number): string;
  readonly pointer: string;
};

type Style = Parameters<typeof styleText>[0];

/** Draws for one terminal: the same picture with or without colour, in block characters or in ASCII. */
export function brush({ columns, colour, unicode }: Canvas): Brush {
  const paint = (style: Style) => (text: string) =>
    colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  const draw = unicode ? blocks : hashes;
  const blue = paint('blue');
  return {
    columns,
    bold: paint('bold'),
    faint: paint('dim'),
    bright: paint(['bold', 'green']),
    bar: (share, width) => {
      const bar = share > 0 ? draw(share * width) : '';
      return blue(bar) + ' '.repeat(width - bar.length);
    },
    pointer: unicode ? '\u25b6' : '>',
  };
}

const eighths = ['', '\u258f', '\u258e', '\u258d', '\u258c', '\u258b', '\u258a', '\u2589'];

function blocks(cells: number): string {
  const units = Math.max(1, Math.round(cells * 8));
  return '\u2588'.repeat(Math.floor(units / 8)) + eighths[units % 8];
}

function hashes(cells: number): string {
  return '#'.repeat(Math.max(1, Math.round(cells)));
}

/**
 * Breaks a sentence into lines of at most `width` characters; a longer word gets a line of its own, and a number
 * stays with its unit.
 */
export function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(/ (?!%|[KMGTPE]?B\b)/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
