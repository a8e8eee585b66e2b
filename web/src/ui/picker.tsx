// One of a list, chosen by typing, under the names of groups where there are any.
import { type Create, PickOption, usePicking } from "./picking";
import { Select, type SelectProps } from "./select";

export type PickProps = Omit<SelectProps, "data">;

interface Item {
  id: string;
  name: string;
  /** How it reads once it is chosen, where that is more than its name. */
  label?: string;
  group?: string;
}

/** The options, under the names of their groups where there are any. */
function grouped(items: Item[]) {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const { id, name, label, group = "" } of items)
    groups.set(group, [...(groups.get(group) ?? []), { value: id, label: label ?? name }]);
  if (groups.size < 2 && items.every(({ label, name }) => !label || label === name))
    return [...groups.values()].flat();
  return [...groups].map(([group, items]) => ({ group, items }));
}

interface PickerProps extends PickProps {
  items: Item[];
  create?: Create | false;
}

export function Picker({ items, create, onChange, renderOption, ...props }: PickerProps) {
  const options = items.map(({ id, name, label }) => ({
    name,
    item: { value: id, label: label ?? name },
  }));
  const pick = (id: string | null) => onChange?.(id, { value: id ?? "", label: "" });
  const picking = usePicking({ ...props, options, create, pick });
  return (
    <Select
      data={[...grouped(items), ...picking.offered]}
      searchable
      clearable
      renderOption={(given) => (
        <PickOption option={given.option} checked={given.checked && !renderOption}>
          {renderOption?.(given) ?? given.option.label}
        </PickOption>
      )}
      {...props}
      {...picking.props}
      onChange={(value, option) => {
        if (!picking.makes(value)) onChange?.(value, option);
      }}
    />
  );
}
