/** The matrix as an SVG: a bar for each cell, auto's time over that of the best tool by hand. */
import type { Cell } from './cell.ts';
import { againstHand, bestOf } from './figures.ts';

const [left, barWidth, rowHeight, most] = [300, 480, 18, 3];

export function pictureOf(cells: readonly Cell[], note: string): string {
  const height = cells.length * rowHeight + 70;
  const one = left + barWidth / most;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="${height}" font-family="sans-serif" font-size="11">`,
    "<title>auto's time over the best tool by hand</title>",
    `<rect width="900" height="${height}" fill="white"/>`,
    `<text x="10" y="18" font-size="13">auto's time over the best tool by hand (shorter is better)</text>`,
    `<text x="10" y="34" fill="#555">${escaped(note)}</text>`,
    ...cells.map((cell, at) => bar(cell, 45 + at * rowHeight)),
    `<line x1="${one}" y1="42" x2="${one}" y2="${height - 18}" stroke="black" stroke-dasharray="3"/>`,
    `<text x="${one - 30}" y="${height - 6}">as fast</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function bar(cell: Cell, y: number): string {
  const ratio = againstHand(cell);
  const name = `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${cell.tree}, ${cell.route}</text>`;
  if (ratio === undefined) return name;
  const width = (Math.min(ratio, most) / most) * barWidth;
  const fill = ratio <= 1 ? '#3a7' : ratio <= 1.15 ? '#cb4' : '#c54';
  const text = `${ratio.toFixed(2)} × ${escaped(bestOf(cell.byHand)!.name)}`;
  return `${name}<rect x="${left}" y="${y + 3}" width="${width.toFixed(1)}" height="12" fill="${fill}"/><text x="${left + width + 6}" y="${y + 13}">${text}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
