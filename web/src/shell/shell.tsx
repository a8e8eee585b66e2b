// The frame of every page behind the gate: rail, top bar, keys, palette, phone's bottom bar.
import { ActionIcon, Kbd, Menu, useMantineColorScheme } from "@mantine/core";
import { type ReactNode, Suspense, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Away } from "~/feature/time/away";
import { TimerBar } from "~/feature/time/timer-bar";
import { Drawer, Modal } from "~/ui/dialog";
import { Icon } from "~/ui/icon";
import { LeaveDialog } from "~/ui/leave";
import { Loading, PageHead } from "~/ui/states";
import { forgetBad } from "~/ui/toasts";
import { words } from "~/words";
import { Boundary } from "./boundary";
import { follow } from "./device";
import { onKeys } from "./keys";
import { Palette, THEMES } from "./palette";
import { find, isHere, mayEnter, prefetch, type Room, reload, roomsOf } from "./rooms";
import { go, Link, usePath } from "./router";
import { may, signOut, useIsPaused, useSession } from "./session";

const COLLAPSED = "vow.rail";

export function Shell() {
  const session = useSession();
  const path = usePath();
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem(COLLAPSED) === "1");
  const [palette, setPalette] = useState(false);
  const isPaused = useIsPaused();
  const [keys, setKeys] = useState(false);
  const [more, setMore] = useState(false);
  const main = useRef<HTMLElement>(null);
  const open = roomsOf(session);
  const place = find(path)?.place;

  useEffect(
    () =>
      onKeys({
        "/": () => setPalette(true),
        "ctrl+k": () => setPalette(true),
        "?": () => setKeys(true),
      }),
    [],
  );

  useEffect(() => follow(session), [session]);

  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page takes the focus
  useLayoutEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
    setMore(false);
    forgetBad();
  }, [path]);

  const collapse = () => {
    localStorage.setItem(COLLAPSED, collapsed ? "0" : "1");
    setCollapsed(!collapsed);
  };

  return (
    <div className={collapsed ? "shell collapsed" : "shell"}>
      <a className="skip" href="#main">
        {words.shell.skip}
      </a>
      <div className="rail">
        <Link className="rail-head" href="/" aria-label={session.organisation_name}>
          <img src="/icon.svg" alt="" />
          <span className="truncate">{session.organisation_name}</span>
        </Link>
        <nav aria-label={words.shell.rooms}>
          {open.map((room) => !room.below && <RoomLink key={room.path} room={room} path={path} />)}
        </nav>
        <nav className="rail-foot" aria-label={words.shell.below}>
          {open.map((room) => room.below && <RoomLink key={room.path} room={room} path={path} />)}
          <button
            type="button"
            className="rail-link"
            onClick={collapse}
            aria-expanded={!collapsed}
            aria-label={collapsed ? words.shell.expand : words.shell.collapse}
          >
            <Icon name="panel" size={18} />
            <span className="rail-text">{words.shell.collapse}</span>
          </button>
        </nav>
      </div>
      <header className="topbar">
        {may(session, "time.write") && <TimerBar />}
        <div className="topbar-side">
          <button type="button" className="search-button" onClick={() => setPalette(true)}>
            <Icon name="search" size={16} />
            <span>{words.shell.search}</span>
            <Kbd size="xs" aria-hidden="true">
              Ctrl K
            </Kbd>
          </button>
          <AccountMenu onKeys={() => setKeys(true)} />
        </div>
      </header>
      <main className="page" id="main" ref={main} tabIndex={-1}>
        <Away />
        <Boundary key={place?.path} again={() => reload(place)}>
          <Suspense fallback={<Loading />}>
            <CurrentPage path={path} />
          </Suspense>
        </Boundary>
      </main>
      <nav className="bottom-bar" aria-label={words.shell.rooms}>
        {open.slice(0, 4).map(({ path: to, icon, name }) => (
          <Link key={to} href={to} aria-current={isHere(to, path) ? "page" : undefined}>
            <Icon name={icon} size={22} />
            {name}
          </Link>
        ))}
        <button type="button" onClick={() => setMore(true)}>
          <Icon name="more" size={22} />
          {words.shell.more}
        </button>
      </nav>
      <Drawer
        opened={more}
        onClose={() => setMore(false)}
        position="bottom"
        size={500}
        title={words.shell.more}
      >
        <button
          type="button"
          className="rail-link"
          onClick={() => {
            setMore(false);
            setPalette(true);
          }}
        >
          <Icon name="search" size={18} />
          <span className="rail-text">{words.shell.search}</span>
        </button>
        <nav aria-label={words.shell.more}>
          {open.slice(4).map((room) => (
            <RoomLink key={room.path} room={room} path={path} />
          ))}
        </nav>
      </Drawer>
      <Palette
        opened={palette && !isPaused}
        onClose={() => setPalette(false)}
        onShowKeys={() => setKeys(true)}
      />
      <KeyList opened={keys} onClose={() => setKeys(false)} />
      <LeaveDialog />
    </div>
  );
}

function RoomLink({ room, path }: { room: Room; path: string }) {
  return (
    <Link
      className="rail-link"
      href={room.path}
      aria-current={isHere(room.path, path) ? "page" : undefined}
      onMouseEnter={() => prefetch(room.path)}
      onFocus={() => prefetch(room.path)}
      title={room.name}
      aria-label={room.name}
    >
      <Icon name={room.icon} size={18} />
      <span className="rail-text">{room.name}</span>
    </Link>
  );
}

function CurrentPage({ path }: { path: string }): ReactNode {
  const session = useSession();
  const found = find(path);
  const [first] = roomsOf(session);
  const to = path === "/" ? first?.path : path;
  useLayoutEffect(() => {
    if (to && to !== path) go(to, { replace: true });
  }, [to, path]);
  if (to !== path) return null;
  if (!found || !mayEnter(session, path))
    return (
      <>
        <PageHead title={words.state.missing} lead={words.state.missing_help} />
        <p>
          <Link href="/">{words.state.to_first(first?.name ?? "")}</Link>
        </p>
      </>
    );
  const { page: Page } = found.place;
  return <Page params={found.params} />;
}

function initials(name: string): string {
  const parts = name.match(/\p{L}[^\s]*/gu) ?? [];
  const first = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return first
    .map((part) => [...(part ?? "")][0])
    .join("")
    .toUpperCase();
}

function AccountMenu({ onKeys }: { onKeys: () => void }) {
  const session = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon size={36} aria-label={words.shell.account(session.name)}>
          <span className="avatar" data-initials={initials(session.name)} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.name}
          <br />
          {words.roles[session.role] ?? session.role}
        </Menu.Label>
        <Menu.Item leftSection={<Icon name="settings" size={16} />} onClick={() => go("/settings")}>
          {words.rooms.settings}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="info" size={16} />} onClick={onKeys}>
          {words.shell.keys}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{words.shell.theme}</Menu.Label>
        {THEMES.map((theme) => (
          <Menu.Item
            key={theme}
            onClick={() => setColorScheme(theme)}
            rightSection={colorScheme === theme ? <Icon name="check" size={16} /> : undefined}
          >
            {words.shell.themes[theme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size={16} />} onClick={() => signOut()}>
          {words.shell.sign_out}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function KeyList({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { all, time } = words.keys;
  const rows = may(useSession(), "time.write") ? [...time, ...all] : all;
  return (
    <Modal opened={opened} onClose={onClose} title={words.keys.title}>
      <dl className="facts">
        {rows.map(([key, what]) => (
          <div key={key} style={{ display: "contents" }}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
