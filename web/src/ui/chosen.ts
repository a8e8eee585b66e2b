// A setting that is stored as soon as it is chosen, such as a switch.
import { useState } from "react";

let queue: Promise<unknown> = Promise.resolve();

/** What is chosen is shown at once and until it is answered. All are stored in the order in which they
    were chosen, so that the last one stays; `keep` says itself what it could not store. */
export function useChosen<T>(stored: T, keep: (value: T) => Promise<unknown>) {
  const [chosen, setChosen] = useState<{ value: T } | null>(null);
  const choose = (value: T) => {
    const mine = { value };
    setChosen(mine);
    const run = () => keep(value);
    queue = queue.then(run, run).finally(() => setChosen((last) => (last === mine ? null : last)));
  };
  return [chosen ? chosen.value : stored, choose] as const;
}
