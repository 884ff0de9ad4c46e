import { noBranch, type Checkout, type Disk } from "./checkout";
import { bareAt, gitAt } from "./git";
import { jujutsuAt } from "./jujutsu";
import { mercurialAt } from "./mercurial";

/** The checkout that this very folder is the root of, if it is one. */
export async function checkoutAt(folder: string, disk: Disk): Promise<Checkout | undefined> {
  const at = (name: string): Promise<"file" | "folder" | undefined> => disk.files.kind(disk.path.join(folder, name));
  const [git, jj, hg, svn, head] = await Promise.all([".git", ".jj", ".hg", ".svn", "HEAD"].map(at));
  // A Jujutsu checkout may share its folder with git's.
  const checkout = git && (await gitAt(folder, git, disk));
  if (checkout) return checkout;
  if (jj === "folder") return jujutsuAt(folder, disk);
  if (hg === "folder") return mercurialAt(folder, disk);
  // Before version 1.7, which is when this file came, every folder of a Subversion checkout had a `.svn`.
  if (svn === "folder" && (await at(".svn/wc.db"))) return { root: folder, name: disk.path.basename(folder), branch: noBranch };
  return head === "file" ? bareAt(folder, disk) : undefined;
}
