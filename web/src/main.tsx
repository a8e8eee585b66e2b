// Starts the app: theme, cache of answers, and the gate that decides between shell and sign-in.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/queries";
import { Gate } from "./shell/gate";
import { theme, variables } from "./theme";
import { Toasts } from "./ui/toasts";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=nonce]")?.content ?? "";
Object.assign(globalThis, { styleNonce: nonce });

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no #app");

createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <Gate />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
