// One's own data: a copy of it, the objection to AI, what is kept.
import { Button, Switch } from "@mantine/core";
import { address, api } from "~/api/client";
import { refresh } from "~/api/queries";
import { useObjection } from "~/feature/ai/data";
import { useChosen } from "~/ui/chosen";
import { Icon } from "~/ui/icon";
import { Notice, Show } from "~/ui/states";
import { notify, notifyProblem } from "~/ui/toasts";
import { words } from "./words";

const text = words.mine;

export function Mine() {
  const objection = useObjection();
  const object = async (objected: boolean) => {
    try {
      await api.put("/ai/objection", { body: { objected } });
      notify(objected ? text.on : text.off);
    } catch (error) {
      notifyProblem(error);
    }
    await refresh("ai");
  };
  const [objected, setObjected] = useChosen(objection.data?.objected ?? false, object);
  return (
    <section className="card flush narrow">
      <div className="setting wraps">
        <div className="stack none grow">
          <h2>{text.copy}</h2>
          <p className="quiet">{text.copy_help}</p>
        </div>
        <Button
          component="a"
          variant="default"
          href={address("/privacy/me")}
          download
          leftSection={<Icon name="download" size={16} />}
        >
          {text.download}
        </Button>
      </div>
      <Show query={objection} rows={2}>
        {({ blocked }) => (
          <div className="setting">
            <div className="stack tight">
              <div className="stack none">
                <h2 id="objection">{text.objection}</h2>
                <p className="quiet">{text.objection_help}</p>
              </div>
              {blocked && <Notice>{text.blocked}</Notice>}
            </div>
            <Switch
              size="md"
              aria-labelledby="objection"
              checked={objected}
              onChange={(event) => setObjected(event.currentTarget.checked)}
            />
          </div>
        )}
      </Show>
      <div className="setting">
        <div className="stack none">
          <h2>{text.erase}</h2>
          <p className="quiet">{text.erase_help}</p>
        </div>
      </div>
    </section>
  );
}
