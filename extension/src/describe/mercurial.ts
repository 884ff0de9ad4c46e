import { repositoryName, type Checkout, type Disk } from "./checkout";

/** A Mercurial checkout; one that shares another's repository goes by that one's name. */
export async function mercurialAt(root: string, { files, path }: Disk): Promise<Checkout> {
  const shared = (await files.read(path.join(root, ".hg", "sharedpath")))?.trim();
  const name = shared ? repositoryName(path.resolve(root, ".hg", shared)) : path.basename(root);
  return { root, name, branch: (disk) => branchOf(root, disk) };
}

/** The bookmark that moves along with the work, else the branch; as long as none was named, `default`. */
async function branchOf(root: string, { files, path }: Disk): Promise<string> {
  const [bookmark, branch] = await Promise.all(["bookmarks.current", "branch"].map((name) => files.read(path.join(root, ".hg", name))));
  return [bookmark?.trim(), branch?.trim()].find((name) => name !== undefined && name !== "") ?? "default";
}
