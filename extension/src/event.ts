/** One observation as the service takes it on the wire. Absent is the empty string. */
export interface TimecodeEvent {
  /** RFC 3339 with microseconds and the local numeric offset. */
  readonly time: string;
  readonly entity: string;
  readonly type: "file" | "app";
  readonly category: string;
  readonly project: string;
  readonly branch: string;
  readonly language: string;
  readonly editor: string;
  readonly machine_id: string;
  readonly is_write: boolean;
  readonly source: "vscode";
  /** Only where the path setting allows it; the service drops it after use. */
  readonly project_root?: string;
}
