// The filters above a list; on a phone the first few of many, until somebody asks for the rest.
import { TextInput } from "@mantine/core";
import { Children, type ReactNode, useState } from "react";
import { useFilters } from "~/shell/router";
import { words } from "~/words";

const FEW = 3;

export function Filters({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const many = Children.toArray(children).length > FEW - 1;
  return (
    <div className={many && !open ? "filters even few no-print" : "filters even no-print"}>
      {children}
      {many && (
        <button
          type="button"
          className="linklike filters-more"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? words.filters.fewer : words.filters.more}
        </button>
      )}
    </div>
  );
}

/** A text that is searched for, "q" in the address. */
export function TextFilter({ label, className }: { label: string; className?: string }) {
  const [filters, setFilters] = useFilters();
  return (
    <TextInput
      className={className}
      label={label}
      type="search"
      value={filters.get("q") ?? ""}
      onChange={(event) => setFilters({ q: event.currentTarget.value })}
    />
  );
}
