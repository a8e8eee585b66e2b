// What every list of records has: a name that opens one and the menu of a row, the drawer with the form of
// one, and the question before one is removed.
import { ActionIcon, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { words } from "~/words";
import { Confirm } from "./confirm";
import { Drawer } from "./dialog";
import { Icon } from "./icon";

interface RowNameProps {
  /** Opens it; false for whoever may not change it. */
  onEdit: (() => void) | false;
  children: ReactNode;
}

export function RowName({ onEdit, children }: RowNameProps) {
  if (!onEdit) return children;
  return (
    <button type="button" className="linklike" onClick={onEdit}>
      {children}
    </button>
  );
}

/** The head of the column of menus. */
export function MenuHead() {
  return (
    <th scope="col">
      <span className="visually-hidden">{words.act.edit}</span>
    </th>
  );
}

interface RowMenuProps {
  name: string;
  onEdit: () => void;
  onRemove: () => void;
  /** How removing is called here. */
  remove?: string;
  /** Acts between the two. */
  children?: ReactNode;
}

export function RowMenu({ name, onEdit, onRemove, remove, children }: RowMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`${words.act.edit}: ${name}`}>
          <Icon name="more" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={onEdit}>
          {words.act.edit}
        </Menu.Item>
        {children}
        <Menu.Item
          className="menu-danger"
          leftSection={<Icon name="trash" size={16} />}
          onClick={onRemove}
        >
          {remove ?? words.act.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface RecordDrawerProps<T> {
  record: T | "new" | null;
  create: string;
  edit: string;
  size?: number;
  onClose: () => void;
  /** The form; of a new record when there is none. */
  children: (record: T | undefined) => ReactNode;
}

export function RecordDrawer<T>(props: RecordDrawerProps<T>) {
  const { record, create, edit, size = 440, onClose, children } = props;
  if (record === null) return null;
  const stored = record === "new" ? undefined : record;
  return (
    <Drawer opened onClose={onClose} title={stored ? edit : create} size={size}>
      {children(stored)}
    </Drawer>
  );
}

interface RecordRemovalProps {
  name: string;
  text: { remove_title: (name: string) => string; remove_help: string };
  run: () => Promise<unknown>;
  onClose: () => void;
}

export function RecordRemoval({ name, text, run, onClose }: RecordRemovalProps) {
  return (
    <Confirm
      opened
      onClose={onClose}
      title={text.remove_title(name)}
      act={words.act.remove}
      name={name}
      run={run}
    >
      <p>{text.remove_help}</p>
    </Confirm>
  );
}
