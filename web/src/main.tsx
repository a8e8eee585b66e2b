// Starts the app: in an empty page, or in the form that draw.tsx has drawn into a stranger's page.
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./app";
import { beNobody } from "./shell/session";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=nonce]")?.content ?? "";
Object.assign(globalThis, { styleNonce: nonce });

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no #app");

// Whether a session's cookie came with the request for this page.
if (document.querySelector("meta[name=session][content=no]")) beNobody();

if (place.firstElementChild) {
  // Styles of one element each: from the page's sheet to where React keeps them.
  for (const drawn of place.querySelectorAll<HTMLElement>("[data-style]")) {
    drawn.style.cssText = drawn.dataset.style ?? "";
    delete drawn.dataset.style;
  }
  hydrateRoot(place, <App nonce={nonce} />);
} else {
  createRoot(place).render(<App nonce={nonce} />);
}
