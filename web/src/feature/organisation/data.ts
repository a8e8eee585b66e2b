// Who is in the directory, and what each role may do, as the program declares it.
import { useQuery } from "@tanstack/react-query";
import { all, items, type Row, type Whole } from "~/api/client";
import type { Permission as Name } from "~/api/generated/permissions";
import { ROLES, words } from "~/words";

export type Permission = Whole<Row<"/permissions">>;

export const usePeople = (enabled = true) =>
  useQuery({ queryKey: ["people"], queryFn: () => all("/people"), staleTime: 300_000, enabled });

export const usePermissions = () =>
  useQuery({
    queryKey: ["permissions"],
    queryFn: () => items("/permissions") as Promise<Permission[]>,
    staleTime: 600_000,
  });

/** The roles that have a permission, in words: "Owner, Admin and Manager"; null until they are known. */
export function useRolesWith(name: Name): string | null {
  const permission = usePermissions().data?.find((permission) => permission.name === name);
  if (!permission) return null;
  const has = new Set(permission.grants.map(({ role }) => role));
  const roles = ROLES.filter((role) => has.has(role)).map((role) => words.roles[role]);
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(roles);
}
