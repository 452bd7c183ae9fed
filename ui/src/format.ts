/** Numbers in words: every figure the interface shows is written here, in one manner. */
const whole = new Intl.NumberFormat('en-GB');

export const count = (n: number) => whole.format(Math.round(n));

/** "1 item", "12 items". */
export const counted = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** Three decimals for figures between 0 and 1. */
export const figure = (n: number) => n.toFixed(3);

/** Two decimals, with a true minus sign. */
export const similarity = (n: number) => n.toFixed(2).replace('-', '−');

/** A little is not nothing. */
export const percent = (share: number) => (share > 0 && share < 0.005 ? '< 1 %' : `${Math.round(share * 100)} %`);

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  // A vector of 1,536 bytes is not one of two thousand.
  if (n < 1e6) return `${n < 1e4 ? Number((n / 1000).toFixed(1)) : Math.round(n / 1000)} kB`;
  if (n < 1e9) return `${(n / 1e6).toFixed(n < 1e7 ? 1 : 0)} MB`;
  return `${(n / 1e9).toFixed(1)} GB`;
}

export const megabytes = (mb: number) => (mb < 1 ? '< 1 MB' : bytes(mb * 1e6));

/** "0.4 s", "12 s", "1 min 43 s", "2 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0.1, seconds).toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 && s < 600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.round(s / 60)} min`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}

const moments = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** "20 Nov 2026, 16:40", by this computer's clock. */
export const moment = (ms: number) => moments.format(ms);

export const milliseconds = (ms: number) =>
  ms > 0 && ms < 0.05 ? '< 0.1 ms' : ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : duration(ms / 1000);

export const rate = (perSecond: number) => `${perSecond < 10 ? perSecond.toFixed(1) : count(perSecond)} /s`;

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** An amount of a column, in as many digits as tell amounts apart; dates in seconds since 1970. */
export function amount(n: number, unit: 'number' | 'date' | 'similarity' | 'share'): string {
  if (unit === 'date') return days.format(n * 1000);
  if (unit === 'similarity') return similarity(n);
  if (unit === 'share') return n < 0.1 ? `${(n * 100).toFixed(1)} %` : percent(n);
  // Years and other numbers of four digits stand without a comma.
  const size = Math.abs(n);
  const said = size >= 10_000 ? count(n) : size >= 100 ? String(Math.round(n)) : String(Number(n.toPrecision(3)));
  return said.replace('-', '−');
}
