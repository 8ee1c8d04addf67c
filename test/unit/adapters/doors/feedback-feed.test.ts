import { expect, it } from "vitest";
import { rememberReports } from "#adapters/doors/feedback-feed";

it("each report counts once while it is remembered, and few are", () => {
  const reports = rememberReports();
  expect(reports.isNew("relocked a")).toBe(true);
  for (let i = 0; i < 63; i++) expect(reports.isNew(`relocked ${i}`)).toBe(true);
  expect(reports.isNew("relocked a")).toBe(false);
  expect(reports.isNew("request_to_exit a")).toBe(true);
  expect(reports.isNew("relocked a")).toBe(true);
});
