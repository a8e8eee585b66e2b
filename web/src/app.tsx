// The app: theme, cache of answers, and the gate that decides between shell and sign-in.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { queryClient } from "./api/queries";
import { Gate } from "./shell/gate";
import { theme } from "./theme";
import { Toasts } from "./ui/toasts";

export function App({ nonce }: { nonce: string }) {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
        withCssVariables={false} // They are in our sheet already.
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queryClient}>
          <Gate />
          <Toasts />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}
