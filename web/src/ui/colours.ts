// Colours of projects and charts: apart for colour-blind eyes, 3:1 against both grounds.

export const PALETTE = [
  { value: "#2f7fb8", name: "Blue" },
  { value: "#c8640c", name: "Orange" },
  { value: "#0f8f74", name: "Green" },
  { value: "#a65fa8", name: "Purple" },
  { value: "#a8850c", name: "Yellow" },
  { value: "#c9476b", name: "Rose" },
  { value: "#5d7a1f", name: "Olive" },
  { value: "#6a6fd0", name: "Indigo" },
  { value: "#8a6d54", name: "Brown" },
  { value: "#6f7d82", name: "Grey" },
] as const;

/** A colour of its own for anything with an id; the same one each time. */
export function colourOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return PALETTE[sum % (PALETTE.length - 1)]?.value ?? "#6f7d82";
}

export function paletteColour(
  thing: { id: string; colour?: string | null } | undefined | null,
): string {
  if (!thing) return "var(--line-strong)";
  return thing.colour || colourOf(thing.id);
}
