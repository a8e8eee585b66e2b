// What can be worked out while the app is built: the variables of the theme, and what a stranger sees
// at an address, a form that can be filled before any script is there. The app takes it over as it
// stands (main.tsx).
import { MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { prerender } from "react-dom/static";
import { App } from "./app";
import { beNobody } from "./shell/session";
import { theme, variables } from "./theme";

async function htmlOf(node: ReactNode): Promise<string> {
  // Whole: what is long would otherwise come at the end, with a script that puts it in its place.
  const { prelude } = await prerender(node, { progressiveChunkSize: Number.MAX_SAFE_INTEGER });
  return new Response(prelude).text();
}

/** The style sheet that Mantine's provider would make in the browser. */
export async function themeSheet(): Promise<string> {
  const made = await htmlOf(
    <MantineProvider theme={theme} cssVariablesResolver={variables} withGlobalClasses={false} />,
  );
  return made.replace(/<\/?style[^>]*>/g, "");
}

export async function draw(path: string): Promise<{ html: string; style: string }> {
  Object.assign(globalThis, { location: { pathname: path } });
  beNobody();
  const html = await htmlOf(<App nonce="__NONCE__" />);
  // The policy allows no style attributes, so each is a rule until the app is there.
  const styles = new Set([...html.matchAll(/ style="([^"]*)"/g)].map(([, style]) => style));
  return {
    html: html.replaceAll(' style="', ' data-style="'),
    style: [...styles].map((style) => `[data-style="${style}"]{${style}}`).join(""),
  };
}
