// Bars: columns over time, or lines of names; stacked by a second grouping, labelled directly.
import { useElementSize } from "@mantine/hooks";
import { numberText } from "./time";

interface Part {
  key: string;
  value: number;
}

export interface Bar {
  key: string;
  label: string;
  parts: Part[];
}

export interface Series {
  key: string;
  label: string;
  colour: string;
}

interface BarsProps {
  bars: Bar[];
  series: Series[];
  /** What the whole picture says, for those who do not see it. */
  label: string;
  format: (value: number) => string;
}

const LETTER = 7;

/** About how wide the widest of some labels is. */
const roomFor = (labels: string[]) => LETTER * Math.max(0, ...labels.map((text) => text.length));

const total = (bar: Bar) => bar.parts.reduce((sum, { value }) => sum + value, 0);

/** A round step so that about four lines fit below the largest value. */
function stepFor(max: number, unit: number): number {
  const wanted = max / unit / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(wanted, 1e-9)));
  const factor = [1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10;
  return Math.max(factor * power, 0.5) * unit;
}

/** A part with a line of background beside the next one, unless it would be nearly all of it. */
const gapped = (size: number) => (size > 3 ? size - 1 : size);

const HEIGHT = 240;
const TOP = 20;
const BOTTOM = 26;
const GAP = 12;
const HOUR = 3600;

export function Columns({ bars, series, label, format }: BarsProps) {
  const { ref, width } = useElementSize();
  const max = Math.max(...bars.map(total), 1);
  const step = stepFor(max, HOUR);
  const top = Math.ceil(max / step) * step;
  const plot = HEIGHT - TOP - BOTTOM;
  const y = (value: number) => TOP + plot * (1 - value / top);
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  const left = GAP + roomFor(lines.map(format));
  const room = roomFor(bars.map(({ label }) => label));
  // The last label may be wider than its column.
  const right = Math.max(0, (room - (width - left) / bars.length) / 2);
  const slot = Math.max(1, (width - left - right) / bars.length);
  const thick = Math.min(48, slot * 0.72);
  const every = Math.ceil((room + LETTER) / slot);
  const colours = new Map(series.map(({ key, colour }) => [key, colour]));
  return (
    <div ref={ref} className={width > 0 ? undefined : "unmeasured"}>
      <svg
        className="chart"
        height={HEIGHT}
        viewBox={`0 0 ${Math.max(width, 1)} ${HEIGHT}`}
        role="img"
        aria-label={label}
      >
        {lines.map((value) => (
          <g key={value}>
            <line
              className={value === 0 ? "axis" : "grid"}
              x1={left}
              x2={width}
              y1={y(value)}
              y2={y(value)}
            />
            <text x={left - 8} y={y(value) + 4} textAnchor="end">
              {format(value)}
            </text>
          </g>
        ))}
        {bars.map((bar, i) => {
          const x = left + slot * i + (slot - thick) / 2;
          let below = 0;
          return (
            <g key={bar.key}>
              <title>{`${bar.label}: ${format(total(bar))}`}</title>
              {bar.parts.map(({ key, value }) => {
                const from = below;
                below += value;
                return (
                  <rect
                    key={key}
                    x={x}
                    width={thick}
                    y={y(below)}
                    height={from > 0 ? gapped(y(from) - y(below)) : y(from) - y(below)}
                    fill={colours.get(key)}
                  />
                );
              })}
              {slot >= 44 && below > 0 && (
                <text className="value" x={x + thick / 2} y={y(below) - 6} textAnchor="middle">
                  {format(below)}
                </text>
              )}
              {i % every === 0 && (
                <text x={x + thick / 2} y={HEIGHT - 8} textAnchor="middle">
                  {bar.label}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

const LINE = 32;
const NAME = 18;
const NARROW = 480;

/** A name that is wider than its room, cut. */
function cut(name: string, room: number): string {
  const letters = Math.floor(room / LETTER);
  return name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
}

export function Lines({ bars, series, label, format }: BarsProps) {
  const { ref, width } = useElementSize();
  const max = Math.max(...bars.map(total), 1);
  // Where a name beside its bar would leave too little of both, it stands above.
  const above = width > 0 && width < NARROW;
  const names = roomFor(bars.map(({ label }) => label)) + GAP;
  const left = above ? 0 : Math.min(names, width * 0.4);
  const space = Math.max(1, width - left - GAP - roomFor(bars.map((bar) => format(total(bar)))));
  const colours = new Map(series.map(({ key, colour }) => [key, colour]));
  const line = above ? LINE + NAME : LINE;
  const height = Math.max(line, bars.length * line);
  return (
    <div ref={ref} className={width > 0 ? undefined : "unmeasured"}>
      <svg
        className="chart"
        height={height}
        viewBox={`0 0 ${Math.max(width, 1)} ${height}`}
        role="img"
        aria-label={label}
      >
        {bars.map((bar, i) => {
          const middle = (i + 1) * line - LINE / 2;
          let before = 0;
          return (
            <g key={bar.key}>
              <title>{`${bar.label}: ${format(total(bar))}`}</title>
              {above ? (
                <text x={0} y={i * line + NAME - 4}>
                  {cut(bar.label, width)}
                </text>
              ) : (
                <text x={left - GAP} y={middle + 4} textAnchor="end">
                  {cut(bar.label, left - GAP)}
                </text>
              )}
              {bar.parts.map(({ key, value }) => {
                const x = left + (space * before) / max;
                before += value;
                return (
                  <rect
                    key={key}
                    x={x}
                    y={middle - 9}
                    height={18}
                    width={gapped((space * value) / max)}
                    fill={colours.get(key)}
                  />
                );
              })}
              <text className="value" x={left + (space * before) / max + 8} y={middle + 4}>
                {format(before)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

export function Legend({ series }: { series: Series[] }) {
  return (
    <ul className="legend small quiet">
      {series.map(({ key, label, colour }) => (
        <li key={key}>
          <span className="dot" style={{ background: colour }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** A few numbers in a row, beside a sentence that says what they are. */
export function Spark({ values, label }: { values: Part[]; label: string }) {
  const max = Math.max(...values.map(({ value }) => Math.abs(value)), 1e-9);
  const width = 8;
  return (
    <svg
      className="spark"
      width={values.length * (width + 3)}
      height={40}
      role="img"
      aria-label={label}
    >
      {values.map(({ key, value }, i) => {
        const tall = Math.max(2, (36 * Math.abs(value)) / max);
        return (
          <rect
            key={key}
            x={i * (width + 3)}
            y={38 - tall}
            width={width}
            height={tall}
            rx={2}
            fill="var(--chart)"
          >
            <title>{`${key}: ${numberText(value, 1)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
