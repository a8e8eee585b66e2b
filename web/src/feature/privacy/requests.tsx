// Requests that admins answer: export of everything, erasure of a person, deletion of it all.
import { Button } from "@mantine/core";
import { useState } from "react";
import { address, api } from "~/api/client";
import { refresh } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { PersonSelect } from "~/feature/organisation/person-select";
import { go, useFilters } from "~/shell/router";
import { forget, useMay, useSession } from "~/shell/session";
import { Confirm } from "~/ui/confirm";
import { Icon } from "~/ui/icon";
import { notify } from "~/ui/toasts";
import { words as shared } from "~/words";
import { words } from "./words";

const text = words.requests;

export function Requests() {
  const session = useSession();
  const may = useMay();
  const [filters, setFilters] = useFilters();
  const people = usePeople();
  const chosen = people.data?.find(({ id }) => id === filters.get("person"));
  const [erasing, setErasing] = useState(false);
  const [closing, setClosing] = useState(false);
  return (
    <div className="stack narrow">
      {may("privacy.export") && (
        <section className="card stack tight">
          <h2>{text.export}</h2>
          <p className="quiet">{text.export_help}</p>
          <div>
            <Button
              component="a"
              variant="default"
              href={address("/privacy/export")}
              download
              leftSection={<Icon name="download" size={16} />}
            >
              {text.export_act}
            </Button>
          </div>
        </section>
      )}
      {may("privacy.erase") && (
        <section className="card stack tight">
          <h2>{text.erase}</h2>
          <p className="quiet">{text.erase_help}</p>
          <div className="row end wrap">
            <PersonSelect
              label={text.erase_choose}
              value={chosen?.id ?? null}
              onChange={(person) => setFilters({ person })}
            />
            <Button
              color="red"
              variant="light"
              disabled={!chosen}
              leftSection={<Icon name="trash" size={16} />}
              onClick={() => setErasing(true)}
            >
              {text.erase_act}
            </Button>
          </div>
        </section>
      )}
      {may("privacy.end") && (
        <section className="card stack tight">
          <h2>{text.close}</h2>
          <p className="quiet">{text.close_help}</p>
          <div>
            <Button color="red" variant="light" onClick={() => setClosing(true)}>
              {text.close_act}
            </Button>
          </div>
        </section>
      )}
      {chosen && (
        <Confirm
          opened={erasing}
          onClose={() => setErasing(false)}
          title={text.erase_title(chosen.name)}
          act={text.erase_act}
          name={chosen.name}
          run={async () => {
            await api.post("/people/{id}/erasure", {
              params: { id: chosen.id },
              body: { confirm: chosen.name },
            });
            notify(text.erased(chosen.name));
            setFilters({ person: null });
            await refresh("people", "entries", "week", "report");
          }}
        >
          <p>{text.erase_gone}</p>
          <p className="strong">{shared.confirm.irreversible}</p>
        </Confirm>
      )}
      <Confirm
        opened={closing}
        onClose={() => setClosing(false)}
        title={text.close_title(session.organisation_name)}
        act={text.close_act}
        name={session.organisation_name}
        run={async () => {
          await api.post("/organisation/deletion", {
            body: { confirm: session.organisation_name },
          });
          void forget();
          go("/sign-in?gone=true");
        }}
      >
        <p>{text.close_gone}</p>
        {may("privacy.export") && (
          <p>
            {text.close_export}{" "}
            <a href={address("/privacy/export")} download>
              {text.export_act}
            </a>
          </p>
        )}
        <p className="strong">{shared.confirm.irreversible}</p>
      </Confirm>
    </div>
  );
}
