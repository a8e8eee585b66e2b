// Where there is room for an entry of which only the length is known.

export interface Span {
  start: number;
  end: number;
}

/** Such a span, and whether no time was free, so that it shares some with others. */
export interface Room extends Span {
  isFull: boolean;
}

/** The latest span of a length that ends by now and shares time with no other; the one that ends now where
    there is none that begins after `first`. */
export function roomFor(length: number, others: Span[], first: number, now: number): Room {
  let end = now;
  for (const other of [...others].sort((a, b) => b.start - a.start))
    if (other.start < end && other.end > end - length) end = other.start;
  const latest = { start: now - length, end: now };
  const isFull = end - length < Math.min(first, latest.start);
  return isFull ? { ...latest, isFull } : { start: end - length, end, isFull };
}
