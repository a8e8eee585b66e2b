// What was worked on lately, and is not on the page: one press starts the timer on it again.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "~/api/client";
import { useSession } from "~/shell/session";
import { Icon } from "~/ui/icon";
import { type Entry, KEPT, type Project } from "./data";
import { startAgain } from "./entry-row";
import { Dot } from "./pick";
import { words } from "./words";

const SHOWN = 5;

/** The newest own entries, of whatever day. */
export function useLately() {
  const { person } = useSession();
  return useQuery({
    queryKey: ["entries", "lately", person],
    meta: KEPT,
    queryFn: () => api.get("/time/entries", { query: { person, limit: 50 } }),
  }).data?.items as Entry[] | undefined;
}

const workOf = ({ note, project, task }: Entry) => [note?.trim(), project, task].join("\n");

interface LatelyProps {
  /** What is shown already, with an act of its own to start it. */
  besides: Entry[];
  projects: Map<string, Project>;
}

export function Lately({ besides, projects }: LatelyProps) {
  const lately = useLately() ?? [];
  const seen = new Set(besides.map(workOf));
  const works = lately.filter((entry) => {
    const work = workOf(entry);
    const over = entry.project && projects.get(entry.project)?.archived !== false;
    if (over || seen.has(work) || !(entry.note || entry.project)) return false;
    return seen.add(work);
  });
  if (works.length === 0) return null;
  return (
    <section className="stack tight" aria-labelledby="lately">
      <h2 id="lately" className="small muted">
        {words.today.lately}
      </h2>
      <ul className="lately">
        {works.slice(0, SHOWN).map((entry) => (
          <li key={entry.id}>
            <Button
              variant="default"
              leftSection={<Icon name="play" size={14} />}
              onClick={() => void startAgain(entry)}
            >
              <span className="truncate">{entry.note || words.entry.untitled}</span>
              {entry.project && (
                <span className="project">
                  <Dot project={projects.get(entry.project)} />
                  <span className="truncate">{projects.get(entry.project)?.name}</span>
                </span>
              )}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
