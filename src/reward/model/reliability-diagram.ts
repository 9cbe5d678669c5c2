import type { ReliabilityBin } from './calibration.js';

const SIZE = 320;
const MARGIN = 44;
const SIDE = SIZE - 2 * MARGIN;

/** Returns an SVG: for every bin of p the share that was right, the number of patches as grey bars, and the diagonal of a perfect model. */
export function reliabilityDiagram(title: string, bins: readonly ReliabilityBin[], error: number): string {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const bars = bins.map(({ from, to, count }) => `<rect x="${x(from)}" y="${y(0.25 * (count / most))}" width="${number(SIDE * (to - from) - 1)}" height="${number(SIDE * 0.25 * (count / most))}" fill="#d0d4da"/>`);
  const filled = bins.flatMap(({ p, rate, count }) => (p === null || rate === null ? [] : [{ p, rate, count }]));
  const line = filled.map(({ p, rate }) => `${x(p)},${y(rate)}`).join(' ');
  const dots = filled.map(({ p, rate, count }) => `<circle cx="${x(p)}" cy="${y(rate)}" r="3" fill="#1f5fbf"><title>p ${p.toFixed(3)}, right ${rate.toFixed(3)}, ${String(count)} patches</title></circle>`);
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((at) => [
    `<text x="${x(at)}" y="${number(SIZE - MARGIN + 16)}" text-anchor="middle">${String(at)}</text>`,
    `<text x="${number(MARGIN - 6)}" y="${y(at)}" text-anchor="end" dominant-baseline="middle">${String(at)}</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(SIZE)} ${String(SIZE)}" width="${String(SIZE)}" height="${String(SIZE)}" font-family="sans-serif" font-size="10">`,
    `<rect width="${String(SIZE)}" height="${String(SIZE)}" fill="white"/>`,
    `<text x="${String(MARGIN)}" y="20" font-size="12">${escaped(title)}: expected calibration error ${error.toFixed(3)}</text>`,
    ...bars,
    `<rect x="${String(MARGIN)}" y="${String(MARGIN)}" width="${String(SIDE)}" height="${String(SIDE)}" fill="none" stroke="#444"/>`,
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#999" stroke-dasharray="4 3"/>`,
    `<polyline points="${line}" fill="none" stroke="#1f5fbf" stroke-width="1.5"/>`,
    ...dots,
    ...ticks,
    `<text x="${String(SIZE / 2)}" y="${String(SIZE - 8)}" text-anchor="middle">p</text>`,
    `<text x="12" y="${String(SIZE / 2)}" text-anchor="middle" transform="rotate(-90 12 ${String(SIZE / 2)})">share that was right</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function x(value: number): string {
  return number(MARGIN + SIDE * value);
}

function y(value: number): string {
  return number(SIZE - MARGIN - SIDE * value);
}

function number(value: number): string {
  return value.toFixed(2);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}
