// Runs before anything is shown, as no module does: the browser waits for it. It sets the colour
// scheme, so that nothing flashes, and holds what is sent before the app is there to take it. A page
// that comes with its form is shown before the app is started.
{
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value");
  } catch {} // Where storage is switched off, none can be chosen for long.
  const isDark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";

  const start = () => {
    const app = document.querySelectorAll<HTMLLinkElement>("link[data-app]");
    for (const each of app) each.rel = "modulepreload";
    if (app[0]) void import(app[0].href);
  };

  addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      if (event.target instanceof HTMLFormElement) event.target.dataset.sent = "";
      start();
    },
    true,
  );

  // Starting takes the CPU from who types. So a form has it alone for as long as it took to be shown.
  addEventListener("DOMContentLoaded", () =>
    requestAnimationFrame(() => setTimeout(start, performance.now())),
  );
}
