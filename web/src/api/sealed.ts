// What a browser keeps of a person while the server cannot be reached: sealed with AES-256-GCM under a
// key that no script can read, in a database of that person, which is destroyed as a whole.

const STORE = "sealed";
const KEY = "key";

const of = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const nameOf = (person: string) => `vow.${person}`;

async function withStore<T>(person: string, use: (db: IDBDatabase) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(nameOf(person), 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const db = await of(opening);
  try {
    return await use(db);
  } finally {
    db.close();
  }
}

const read = (db: IDBDatabase, name: string) =>
  of(db.transaction(STORE).objectStore(STORE).get(name));

async function keyOf(db: IDBDatabase): Promise<CryptoKey> {
  const known = (await read(db, KEY)) as CryptoKey | undefined;
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const store = db.transaction(STORE, "readwrite").objectStore(STORE);
  const first = (await of(store.get(KEY))) as CryptoKey | undefined; // of another window
  if (!first) await of(store.put(made, KEY));
  return first ?? made;
}

export const keep = (person: string, name: string, value: unknown) =>
  withStore(person, async (db) => {
    const key = await keyOf(db);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
    await of(db.transaction(STORE, "readwrite").objectStore(STORE).put({ iv, sealed }, name));
  });

/** What was kept by that name; null when there is nothing, or nothing that the key opens. */
export const kept = <T>(person: string, name: string): Promise<T | null> =>
  withStore(person, async (db) => {
    const found = (await read(db, name)) as { iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer };
    if (!found) return null;
    try {
      const { iv, sealed } = found;
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(db), sealed);
      return JSON.parse(new TextDecoder().decode(plain)) as T;
    } catch {
      return null;
    }
  });

export const unkeep = (person: string, name: string) =>
  withStore(person, (db) => of(db.transaction(STORE, "readwrite").objectStore(STORE).delete(name)));

/** Everything, with its key. */
export const destroy = (person: string) => of(indexedDB.deleteDatabase(nameOf(person)));
