// Receipts of AI requests: who, when, what was read and where it went, without any content.
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, type Row, type Whole } from "~/api/client";
import { useById } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { Link } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { Eye, useColumnNames } from "~/ui/eye";
import { Scroll } from "~/ui/scroll";
import { Empty, Failed, Loading, PageHead } from "~/ui/states";
import { momentText, numberText } from "~/ui/time";
import { words as shared } from "~/words";
import { maskedLine } from "./disclosure";
import { outcomeText, words } from "./words";

type Receipt = Whole<Row<"/ai/receipts">, "created_at" | "capability" | "provider">;

export default function Receipts() {
  const { zone } = useSession();
  const may = useMay();
  const columnNames = useColumnNames();
  const people = useById(usePeople(may("people.read")).data);
  const receipts = useInfiniteQuery({
    queryKey: ["ai", "receipts"],
    queryFn: ({ pageParam }) => api.get("/ai/receipts", { query: { cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const items = receipts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead
        title={words.receipts.title}
        lead={words.receipts.lead}
        aside={<Eye table="ai_receipt" seen={words.receipts.seen} />}
      >
        <Link href="/insights">{words.receipts.back}</Link>
      </PageHead>
      <Scroll label={words.receipts.title}>
        {receipts.isPending ? (
          <Loading />
        ) : receipts.error ? (
          <Failed error={receipts.error} retry={() => void receipts.refetch()} />
        ) : items.length === 0 ? (
          <Empty icon="promises" title={words.receipts.empty} text={words.receipts.empty_help} />
        ) : (
          <table className="table cards">
            <thead>
              <tr>
                <th scope="col">{words.receipts.when}</th>
                <th scope="col">{words.receipts.what}</th>
                <th scope="col">{words.receipts.outcome}</th>
                <th scope="col">{words.receipts.who}</th>
                <th scope="col">{words.receipts.engine}</th>
                <th scope="col">{words.receipts.read}</th>
                <th scope="col">{words.receipts.masked}</th>
                <th scope="col" className="num">
                  {words.receipts.bytes}
                </th>
              </tr>
            </thead>
            <tbody>
              {(items as Receipt[]).map((receipt) => (
                <tr key={receipt.id}>
                  <td className="figures" data-heading={words.receipts.when}>
                    <span className="stack none">
                      {momentText(receipt.created_at, zone)}
                      <span className="small quiet">{receipt.id}</span>
                      {receipt.bytes > 0 && (
                        <span className="small quiet commitment" title={words.receipt.commitment}>
                          {receipt.commitment}
                        </span>
                      )}
                    </span>
                  </td>
                  <td data-heading={words.receipts.what}>
                    {words.capability[receipt.capability] ?? receipt.capability}
                  </td>
                  <td data-heading={words.receipts.outcome}>
                    <span className={receipt.reason === "OK" ? "tag good" : "tag"}>
                      {outcomeText(receipt.reason ?? "")}
                    </span>
                  </td>
                  <td data-heading={words.receipts.who}>
                    {people.get(receipt.person ?? "")?.name ?? "–"}
                  </td>
                  <td data-heading={words.receipts.engine}>
                    {receipt.provider === "local" ? words.local : receipt.provider}
                  </td>
                  <td
                    className="small quiet read-cell"
                    data-heading={words.receipts.read}
                    title={receipt.columns.join(", ")}
                  >
                    {columnNames(receipt.columns as string[]) || "–"}
                    {receipt.rows ? ` (${words.sheet.rows(receipt.rows)})` : ""}
                  </td>
                  <td className="small quiet" data-heading={words.receipts.masked}>
                    {(receipt.masked as string[]).map(maskedLine).join(", ") || "–"}
                  </td>
                  <td className="num" data-heading={words.receipts.bytes}>
                    {numberText(receipt.bytes)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Scroll>
      {receipts.hasNextPage && (
        <div className="state">
          <Button variant="default" onClick={() => void receipts.fetchNextPage()}>
            {shared.act.more}
          </Button>
        </div>
      )}
    </>
  );
}
