/** Charts that the service draws as pictures, and periods, as the export command offers them. */
export const CHARTS = [
  { chart: "card", label: "Summary card", description: "title, total, top projects and languages, bars by day" },
  { chart: "dashboard", label: "Whole dashboard", description: "" },
  { chart: "days", label: "Days", description: "" },
  { chart: "projects", label: "Projects", description: "" },
  { chart: "languages", label: "Languages", description: "" },
] as const;

/** Periods by the service's own names: it knows which day it is where the time was spent, the editor's clock may not. */
export const PERIODS = [
  { period: "today", label: "Today" },
  { period: "yesterday", label: "Yesterday" },
  { period: "week", label: "This week" },
  { period: "last-7-days", label: "Last 7 days" },
  { period: "month", label: "This month" },
  { period: "last-30-days", label: "Last 30 days" },
  { period: "year", label: "This year" },
  { period: "last-365-days", label: "Last 365 days" },
  { period: "all", label: "All time" },
] as const;
