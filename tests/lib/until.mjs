// Waiting for what happens in the background, however slow the machine is.
import { setTimeout as pause } from "node:timers/promises";

const LIMIT_S = 180;

/**
 * Asks again, with a breath in between, until `ready` says so of the answer; resolves to the answer.
 * Throws when it takes so long that it will never be.
 */
export async function until(ask, ready = Boolean) {
  const end = performance.now() + LIMIT_S * 1000;
  for (;;) {
    const answer = await ask();
    if (ready(answer)) return answer;
    if (performance.now() > end) throw new Error(`still not after ${LIMIT_S} s: ${ask}`);
    await pause(2);
  }
}
