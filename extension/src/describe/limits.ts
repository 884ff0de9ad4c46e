/**
 * How many characters (code points, in composed form) the service stores of each field; it refuses an event that holds
 * more. `tests/core/test_editor_limits.py` holds both sides together.
 */
export const LONGEST = {
  entity: 4096,
  project_root: 4096,
  category: 512,
  project: 512,
  branch: 512,
  language: 512,
  editor: 512,
  machine_id: 512,
} as const;
