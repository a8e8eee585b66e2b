// What each role may do, as the program enforces it.
import { Scroll } from "~/ui/scroll";
import { PageHead, Show } from "~/ui/states";
import { ROLES, words as shared } from "~/words";
import { type Permission, usePermissions } from "./data";
import { PeopleTabs } from "./people";
import { words } from "./words";

const text = words.roles;
const shown = ROLES.filter((role) => role !== "none");

/** How far a role's permission reaches; where it is the same for all who have it, just that it is there. */
function reachText(grants: Permission["grants"], role: string): string {
  const reach = grants.find((grant) => grant.role === role)?.reach ?? "none";
  if (reach !== "none" && grants.every((grant) => grant.reach === reach)) return text.yes;
  return text.reach[reach as keyof typeof text.reach];
}

export default function Roles() {
  const permissions = usePermissions();
  return (
    <>
      <PageHead title={words.people.title} lead={text.lead} />
      <PeopleTabs here="roles" />
      <Scroll label={words.people.tabs.roles}>
        <Show query={permissions} rows={8}>
          {(permissions) => (
            <table className="table cards">
              <thead>
                <tr>
                  <th scope="col">{text.what}</th>
                  {shown.map((role) => (
                    <th key={role} scope="col">
                      {shared.roles[role]}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {permissions.map(({ name, doc, grants }) => (
                  <tr key={name}>
                    <th scope="row" data-heading={text.what}>
                      <span className="stack none">
                        {doc}
                        <span className="small muted mono">{name}</span>
                      </span>
                    </th>
                    {shown.map((role) => {
                      const reach = reachText(grants, role);
                      return (
                        <td key={role} data-heading={shared.roles[role]}>
                          <span className={reach === text.reach.none ? "muted" : undefined}>
                            {reach}
                          </span>
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Show>
      </Scroll>
    </>
  );
}
