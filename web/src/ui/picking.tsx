// What every list to choose from by typing does beyond choosing: it makes what is missing where the
// person may, and says what became of a text that chose nothing.
import type { ComboboxItem } from "@mantine/core";
import {
  createContext,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Problem, reasonOf } from "~/api/client";
import { words } from "~/words";
import { Icon } from "./icon";
import { notify } from "./toasts";

/** Stands for what is still to be made among the values of a list. */
const NEW = "new";

/** Makes something of that name and tells its id. */
export type Create = (name: string) => Promise<string>;

/** Tells the form around a list what it has to wait for, and whether that came about. */
export const Making = createContext<(making: Promise<boolean>) => void>(() => {});

interface Options {
  options: readonly { name: string; item: ComboboxItem }[];
  create?: Create | false;
  /** Chooses, by typing the whole name or by making it. */
  pick: (id: string) => void;
  /** What is chosen, where that is one. */
  value?: string | number | null;
  /** Whether what is chosen is added to what was chosen before. */
  several?: boolean;
  /** Shown by the caller when there is none of ours. */
  error?: ReactNode;
  /** Without a label there is no place for a word beside the field. */
  label?: ReactNode;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export function usePicking(given: Options) {
  const { options, create, pick, value, several, error, label } = given;
  const [search, setSearch] = useState("");
  const [said, setSaid] = useState<string | null>(null);
  const isTyped = useRef(false);
  /** Counts what was chosen: what is made is not, once something else was. */
  const choices = useRef(0);
  const choose = useRef(pick);
  useLayoutEffect(() => {
    choose.current = pick;
  });
  const tell = useContext(Making);
  const name = search.trim();
  const known = (text: string) =>
    options.find((option) => same(option.name, text) || same(option.item.label, text));
  const offers = create && name !== "" && !known(name);

  const say = (text: string) => (label ? setSaid(text) : notify(text, { bad: true }));
  const make = async (make: Create, name: string) => {
    const choice = choices.current;
    try {
      const id = await make(name);
      if (several || choice === choices.current) choose.current(id);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(error.errors[0]?.problem ?? reasonOf(error));
      return false;
    }
  };
  const leave = (text: string) => {
    if (!isTyped.current || text === "") return;
    isTyped.current = false;
    const option = known(text);
    if (option) {
      choices.current++;
      return pick(option.item.value);
    }
    const near = options.some(({ item }) => item.label.toLowerCase().includes(text.toLowerCase()));
    say(near ? words.picking.unchosen(text) : words.picking.unknown(text));
  };

  /** What was typed and not chosen gives way to what is. */
  const takeBack = () => {
    if (!isTyped.current) return;
    isTyped.current = false;
    setSearch(options.find(({ item }) => item.value === value)?.item.label ?? "");
  };

  return {
    /** What can be made, at the end of the list. */
    offered: offers ? [{ value: NEW, label: words.picking.create(name) }] : [],
    /** True when a value stands for what has to be made, which then happens. */
    makes: (value: string | null | undefined) => {
      isTyped.current = false;
      choices.current++;
      if (value !== NEW || !create) return false;
      tell(make(create, name));
      return true;
    },
    props: {
      error: said ?? error,
      // Before anything is there, the list says what the field is for.
      ...(create && options.length === 0 && { nothingFoundMessage: words.picking.first }),
      searchValue: search,
      onSearchChange: setSearch,
      onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => {
        if (event.key === "Escape") takeBack();
        // In an open list it chooses, and never sends the form, be there nothing to choose.
        const isOpen = event.currentTarget.getAttribute("aria-expanded") === "true";
        if (event.key === "Enter" && isOpen) event.preventDefault();
      },
      onInput: () => {
        isTyped.current = true;
        setSaid(null);
      },
      onBlur: (event: FormEvent<HTMLInputElement>) => leave(event.currentTarget.value.trim()),
      onOptionSubmit: () => {
        isTyped.current = false;
        setSaid(null);
      },
    },
  };
}

interface OptionProps {
  option: ComboboxItem;
  checked?: boolean;
  children: ReactNode;
}

/** One line of such a list. */
export function PickOption({ option, checked, children }: OptionProps) {
  const makes = option.value === NEW;
  return (
    <span className="project">
      {makes && <Icon name="plus" size={14} />}
      {checked && <Icon name="check" size={14} />}
      {makes ? option.label : children}
    </span>
  );
}
