import type { Facts } from "../../src/show/statusView";

/** A window where all is well. */
export const well: Facts = {
  link: "up", detail: "", address: "http://127.0.0.1:4821", addressSet: false, versions: { service: "0.1.0", extension: "0.1.0" },
  waiting: 0, overdue: false, held: 0, lost: 0, dropped: 0, damaged: 0, aside: 0, parked: 0, recording: true, folderEnabled: true,
  installed: "command", today: { seconds: 4980, projects: [{ name: "lighthouse", seconds: 4800 }, { name: "", seconds: 180 }] },
};
