using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Recovery;

namespace TimeSeries.Ingest.Backup;

/// <summary>
/// Writes the files of the node, as of one moment, as a tar stream (POSIX pax): a directory of them is one that a start accepts. The last entry is the list of
/// all with their lengths and checksums. Thread safe.
/// </summary>
/// <remarks>
/// What is taken, in this order, so that everything acknowledged before is in it: the log is held, so that it forgets nothing from now on; the files of keys,
/// which have those that the log has forgotten before; small files, among them how far a shared store is; the manifest with its blocks, held; and the end of
/// the log, which is behind both.
/// </remarks>
internal sealed class BackupSource(
    IFileSystem files, DataDirectory directory, SequencedLog log, LogCheckpoint checkpoint, HeldStore store, IEnumerable<BackupFolder> folders,
    TimeProvider clock)
{
    // Beside the log, the keys and the blocks. What is in quarantine no query reads, and what else is in the directory is not the node's.
    private static readonly string[] _smallFiles = ["node", "instance", "influx", "token", "access-key", "self-token", "probe-token", "quotas.json"];
    private static readonly string[] _smallFolders = ["dead-letters", "ui"];
    private static readonly string[] _temporary = [".new", ".tmp"];

    /// <summary>Writes the stream. Pushes and queries go on.</summary>
    /// <returns>How many files and bytes there were.</returns>
    /// <exception cref="IOException">A file can't be read; the stream is not complete.</exception>
    public async Task<(int Files, long Bytes)> WriteAsync(Stream to, CancellationToken cancellationToken)
    {
        using LogHold heldLog = log.Log.Hold();
        using OpenFiles keys = checkpoint.BetweenSteps(() => OpenFiles.Of(files, files.List(directory.IdsPath)));
        using OpenFiles small = OpenFiles.Of(files, _smallFiles.Select(InDirectory).Where(files.Exists));
        using StoreHold? heldStore = store.Hold();
        (IReadOnlyList<FilePart> segments, byte[] endNote, byte[]? lostNote) = heldLog.Take();

        BackupTar tar = new(to, clock.GetUtcNow());
        await using (tar)
        {
            await AddAllAsync(tar, small, cancellationToken);
            await AddAllAsync(tar, keys, cancellationToken);
            await AddAllAsync(tar, segments, cancellationToken);
            heldLog.Dispose();
            await tar.AddAsync(NameOf(directory.LogPath + ".end"), endNote, cancellationToken);
            if (lostNote is not null)
            {
                await tar.AddAsync(NameOf(directory.LogPath + ".lost"), lostNote, cancellationToken);
            }

            await AddFoldersAsync(tar, cancellationToken);
            if (heldStore is not null)
            {
                await AddAllAsync(tar, heldStore.Blocks, cancellationToken);
                await tar.AddAsync(NameOf(heldStore.ManifestPath), heldStore.Manifest, cancellationToken);
            }

            await tar.EndAsync(HostVersion.Text, directory.NodeId, cancellationToken);
        }

        return (tar.Files.Count, tar.Files.Sum(file => file.Bytes));
    }

    private string InDirectory(string name) => Path.Combine(directory.Path, name);

    private async Task AddFoldersAsync(BackupTar tar, CancellationToken cancellationToken)
    {
        foreach (string name in _smallFolders)
        {
            await AddFolderAsync(tar, name, InDirectory(name), cancellationToken);
        }

        foreach (BackupFolder folder in folders)
        {
            await AddFolderAsync(tar, folder.Name, folder.FindPath(), cancellationToken);
        }
    }

    private async Task AddFolderAsync(BackupTar tar, string name, string path, CancellationToken cancellationToken)
    {
        foreach (string file in files.List(path).Where(file => !_temporary.Contains(Path.GetExtension(file))))
        {
            if (OpenIfThere(file) is { } open)
            {
                using (open)
                {
                    await tar.AddAsync($"{name}/{Path.GetFileName(file)}", open, open.Length, cancellationToken);
                }
            }
        }

        foreach (string folder in files.Folders(path))
        {
            await AddFolderAsync(tar, $"{name}/{Path.GetFileName(folder)}", folder, cancellationToken);
        }
    }

    // A rule may be deleted meanwhile.
    private IFile? OpenIfThere(string path)
    {
        try
        {
            return files.Open(path, FileAccess.Read);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private async Task AddAllAsync(BackupTar tar, IEnumerable<FilePart> parts, CancellationToken cancellationToken)
    {
        foreach (FilePart part in parts)
        {
            using IFile file = files.Open(part.Path, FileAccess.Read);
            await tar.AddAsync(NameOf(part.Path), file, part.Bytes, cancellationToken);
        }
    }

    private async Task AddAllAsync(BackupTar tar, OpenFiles open, CancellationToken cancellationToken)
    {
        foreach ((IFile file, long bytes) in open.Files)
        {
            await tar.AddAsync(NameOf(file.Path), file, bytes, cancellationToken);
        }
    }

    private string NameOf(string path) => Path.GetRelativePath(directory.Path, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Files that are open, each with the length that it had then.</summary>
    private sealed class OpenFiles : IDisposable
    {
        public List<(IFile File, long Bytes)> Files { get; } = [];

        public static OpenFiles Of(IFileSystem files, IEnumerable<string> paths)
        {
            OpenFiles open = new();
            try
            {
                foreach (string path in paths)
                {
                    IFile file = files.Open(path, FileAccess.Read);
                    open.Files.Add((file, file.Length));
                }

                return open;
            }
            catch
            {
                open.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            foreach ((IFile file, _) in Files)
            {
                file.Dispose();
            }
        }
    }
}

/// <summary>The store whose files belong into a backup; none where another process keeps the samples.</summary>
/// <param name="Hold">Holds its files; null where there are none.</param>
internal sealed record HeldStore(Func<StoreHold?> Hold);
