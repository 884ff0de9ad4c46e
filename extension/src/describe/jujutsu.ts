import { noBranch, repositoryName, type Checkout, type Disk } from "./checkout";

/** A Jujutsu checkout. Its bookmarks are nothing that is checked out, so that it has no branch. */
export async function jujutsuAt(root: string, { files, path }: Disk): Promise<Checkout> {
  // In a further workspace of a repository this is a file that says where the repository is: in the first one's `.jj`.
  const repository = (await files.read(path.join(root, ".jj", "repo")))?.trim();
  const name = repository ? repositoryName(path.dirname(path.resolve(root, ".jj", repository))) : path.basename(root);
  return { root, name, branch: noBranch };
}
