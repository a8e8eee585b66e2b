// Our icons: strokes on a grid of 24, drawn for this app.
const PATHS = {
  today: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2",
  week: "M4 5h16v15H4zM4 10h16M9.5 10v10M14.5 10v10M8 3v4M16 3v4",
  entries: "M9 6h11M9 12h11M9 18h11M4 6h1.5M4 12h1.5M4 18h1.5",
  reports: "M4 20h16M7 16v-5M12 16V5M17 16v-8",
  insights:
    "M12 3v3M12 18v3M3 12h3M18 12h3M12 8.5l1.2 2.3 2.3 1.2-2.3 1.2L12 15.5l-1.2-2.3L8.5 12l2.3-1.2z",
  forms: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 20c.5-3.8 2.8-6 6-6s5.5 2.2 6 6M16 4.5a3.5 3.5 0 0 1 0 6M17.5 14.5c2 .8 3.2 2.7 3.5 5.5",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4ZM9 14.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z",
  privacy: "M12 3l7.5 3v5.5c0 4.5-3 7.7-7.5 9.5-4.5-1.8-7.5-5-7.5-9.5V6zM9 12l2.2 2.2L15.3 10",
  promises: "M4 6l1.5 1.5L8.5 4.5M4 13l1.5 1.5 3-3M4 20l1.5 1.5 3-3M12 6h8M12 13h8M12 20h8",
  import: "M12 3v11M7.5 9.5 12 14l4.5-4.5M4 16v4h16v-4",
  download: "M12 4v10M8 10.5l4 4 4-4M5 19h14",
  play: "M8 5.5v13l10.5-6.5z",
  stop: "M7 7h10v10H7z",
  plus: "M12 5v14M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16.2 16.2 20 20",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  trash: "M5 7h14M10 7V4h4v3M7 7l.8 13h8.4L17 7M10.5 11v5M13.5 11v5",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18z",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  eye: "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5s-7-2-9.5-6.5ZM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
  left: "M14.5 6 8.5 12l6 6",
  right: "M9.5 6l6 6-6 6",
  down: "M6 9.5l6 6 6-6",
  up: "M6 14.5l6-6 6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6 6 18",
  warning: "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.1",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8v.1",
  question:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.5 9.5c.3-1.4 1.3-2 2.5-2 1.5 0 2.6.9 2.6 2.2 0 1.9-2.6 2.1-2.6 4M12 16.7v.1",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  out: "M14 4H5v16h9M10 12h10M16.5 8.5 20 12l-3.5 3.5",
  send: "M4 12 20 4l-5 16-3.5-6.5z",
  folder: "M3.5 6h6l2 2.5h9V19h-17z",
  tag: "M4 4h8l8 8-8 8-8-8zM8.2 8.2h.1",
  refresh: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9",
  panel: "M4 5h16v14H4zM9.5 5v14",
  hook: "M12 4v9a4 4 0 1 1-8 0M8.5 7.5 12 4l3.5 3.5M16 12h4v8h-4z",
  billable:
    "M12 3.5v17M16 7.5c-.8-1.2-2.2-1.8-4-1.8-2.3 0-4 1.1-4 3 0 4.5 8.3 2 8.3 6.6 0 2-1.9 3.1-4.3 3.1-2 0-3.6-.8-4.4-2.2",
} as const;

export type IconName = keyof typeof PATHS;

/** Decorative: the control around it carries the name. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} strokeWidth={name === "more" ? 2.6 : undefined} />
    </svg>
  );
}
