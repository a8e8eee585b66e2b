// Mantine in our colours: the scales behind the tokens of styles/tokens.css.
import { type CSSVariablesResolver, createTheme } from "@mantine/core";
import { Steady } from "./ui/steady";
import { words } from "./words";

/** Of every list to choose from: Enter takes the first match, and no match says so. */
const choosing = { selectFirstOptionOnChange: true, nothingFoundMessage: words.nothing_found };

const closeButtonProps = { "aria-label": words.act.close };

export const theme = createTheme({
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace',
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: "8px",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontSizes: { xs: "12px", sm: "14px", md: "15px", lg: "16px", xl: "18px" },
  colors: {
    accent: [
      "#e0f1ec",
      "#c3e4da",
      "#9dd3c4",
      "#72c0ab",
      "#4aab93",
      "#25957d",
      "#127462",
      "#0c6657",
      "#0a5448",
      "#073f36",
    ],
    gray: [
      "#f5f7f6",
      "#eef1f0",
      "#e1e6e4",
      "#c5cdca",
      "#9aa5a1",
      "#7b8784",
      "#5f6b68",
      "#46524f",
      "#2a3633",
      "#14201d",
    ],
    dark: [
      "#e7eceb",
      "#b4bfbc",
      "#929e9a",
      "#75817d",
      "#3d4744",
      "#29312f",
      "#1d2322",
      "#171c1b",
      "#131817",
      "#101413",
    ],
    red: [
      "#fcebe9",
      "#f9d3d0",
      "#f0a9a4",
      "#e67f78",
      "#dc5a52",
      "#cc3f36",
      "#bd3028",
      "#b3261e",
      "#941d17",
      "#7d1b15",
    ],
  },
  // Named, not imported: the first page has no use for most of them.
  components: {
    Button: { defaultProps: { component: Steady, size: "sm", loaderProps: { type: "dots" } } },
    ActionIcon: {
      defaultProps: { component: Steady, variant: "subtle", color: "gray", size: 32 },
    },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: true, closeButtonProps } },
    Drawer: { defaultProps: { position: "right", closeButtonProps } },
    PasswordInput: {
      defaultProps: {
        visibilityToggleFocusable: true,
        visibilityToggleButtonProps: { "aria-label": words.act.show_password },
      },
    },
    Select: { defaultProps: choosing },
    MultiSelect: { defaultProps: choosing },
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ["label", "input", "error", "description"] },
    },
  },
});

export const variables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-3)",
    "--mantine-color-placeholder": "var(--ink-3)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-error": "var(--danger)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-primary-color-filled": "var(--accent-fill)",
    "--mantine-color-accent-light-color": "var(--accent)",
    "--mantine-color-accent-light": "var(--accent-soft)",
    "--mantine-color-gray-light-color": "var(--ink-2)",
    "--mantine-color-gray-subtle-color": "var(--ink-2)",
    "--mantine-color-gray-light-hover": "var(--hover)",
    "--mantine-color-red-light-color": "var(--danger)",
    "--mantine-color-red-light": "var(--danger-soft)",
  };
  return { variables: {}, light: shared, dark: shared };
};
