using System.Security.Cryptography;

namespace TimeSeries.Core.Files;

/// <summary>
/// The directory that one process owns: its lock, its node id and where things lie in it. Dispose releases the lock.
/// The node id is 64 random bits, drawn once; every file of the directory carries it. Safe to share.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private readonly IFileSystem _files;
    private readonly IDisposable _lock;
    private readonly string _machine;
    private volatile NodeFile _node;
    private (ulong Last, ulong Before) _instances;

    private DataDirectory(IFileSystem files, string path, IDisposable held, NodeFile node, string machine)
    {
        _files = files;
        Path = path;
        _lock = held;
        _node = node;
        _machine = machine;
        (ulong, ulong)? instances = InstanceFile.Read(files, path, node.NodeId);
        HasDamagedInstance = instances is null;
        _instances = instances ?? (0, 0);
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Random 64 bits that tell this node's files from another's.</summary>
    public ulong NodeId => _node.NodeId;

    /// <summary>The machine that made the directory, as its node file remembers; empty when the file was lost.</summary>
    public string Machine => _node.Machine;

    /// <summary>The directory was made on another machine: moved here, or copied while its original lives on.</summary>
    public bool IsFromElsewhere => Machine.Length > 0 && Machine != _machine;

    /// <summary>It is from elsewhere, and both machines have ids: names alone may change where nothing was moved.</summary>
    public bool IsSurelyFromElsewhere => IsFromElsewhere && Files.Machine.IsId(Machine) && Files.Machine.IsId(_machine);

    /// <summary>What is damaged in the node file, as a clause; null when nothing is. One whose header was, was made again from other files.</summary>
    public string? NodeDamage { get; private init; }

    /// <summary>Whether the file that tells which process wrote for the node last is damaged.</summary>
    public bool HasDamagedInstance { get; }

    /// <summary>The node file.</summary>
    public string NodePath => NodeFile.PathIn(Path);

    /// <summary>The folder of damaged files and of those that nothing explains.</summary>
    public string QuarantinePath => System.IO.Path.Combine(Path, "quarantine");

    public string LogPath => System.IO.Path.Combine(Path, "log");

    public string ManifestPath => System.IO.Path.Combine(Path, "manifest");

    public string IdsPath => System.IO.Path.Combine(Path, "ids");

    public string TokenPath => System.IO.Path.Combine(Path, "token");

    /// <summary>The token of the project that the server's own samples go to.</summary>
    public string SelfTokenPath => System.IO.Path.Combine(Path, "self-token");

    /// <summary>The token with which a prober writes into that project.</summary>
    public string ProbeTokenPath => System.IO.Path.Combine(Path, "probe-token");

    public string InstancePath => InstanceFile.PathIn(Path);

    public string AccessKeyPath => System.IO.Path.Combine(Path, "access-key");

    /// <summary>Opens a data directory, making it when there is none, and takes it for this process.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The directory.</param>
    /// <param name="machine">What names this machine (see <see cref="Files.Machine"/>).</param>
    /// <exception cref="DirectoryInUseException">Another process has the directory.</exception>
    /// <exception cref="IncompleteBackupException">The directory holds a backup that did not complete.</exception>
    /// <exception cref="UnknownFormatException">The node id can't be read and other files need it, or the node file is of another version.</exception>
    public static DataDirectory Open(IFileSystem files, string path, string machine)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (files.Exists(IncompleteBackup.PathIn(full)))
        {
            throw new IncompleteBackupException(full);
        }

        files.CreateDirectory(full);
        IDisposable held = files.TryLock(full) ?? throw new DirectoryInUseException(full);
        try
        {
            bool exists = files.Exists(NodeFile.PathIn(full));
            NodeFile? node = NodeFile.Read(files, full);
            return new DataDirectory(files, full, held, node ?? MakeNode(files, full, machine), machine)
            {
                NodeDamage = exists && node is null ? "its header can't be read" : node is { Machine: "" } ? "the machine's name can't be read" : null,
            };
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The node that a sample belongs to in a store that many nodes share, by its sequence number. Files always carry <see cref="NodeId"/>.
    /// </summary>
    public ulong NodeIdOf(long number)
    {
        ulong id = _node.NodeId;
        foreach (NodeSpan span in _node.Spans)
        {
            id = number >= span.FromNumber ? span.NodeId : id;
        }

        return id;
    }

    /// <summary>
    /// Draws a new id for the samples from a sequence number on, and takes this machine for the directory's. Those before keep theirs, so that a replay
    /// writes the same points as the machine that the directory comes from.
    /// </summary>
    /// <exception cref="IOException">The node file can't be written; nothing has changed.</exception>
    public void BeginNode(long fromNumber)
    {
        NodeFile node = _node with { Machine = _machine, Spans = _node.Spans.Add(new NodeSpan(fromNumber, DrawId())) };
        node.Write(_files, Path);
        _node = node;
    }

    /// <summary>Whether the id is that of the process that wrote for the node last, as far as the directory knows. Not thread safe.</summary>
    public bool WasInstance(ulong instance) => instance != 0 && (instance == _instances.Last || instance == _instances.Before);

    /// <summary>Notes the id of the process that writes for the node from now on. Not thread safe.</summary>
    /// <exception cref="IOException">It can't be written; nothing has changed.</exception>
    public void KeepInstance(ulong instance)
    {
        if (instance != _instances.Last)
        {
            InstanceFile.Write(_files, Path, NodeId, instance, _instances.Last);
            _instances = (instance, _instances.Last);
        }
    }

    /// <summary>Writes the node file again, with this machine's name.</summary>
    /// <exception cref="IOException">It can't be written; nothing has changed.</exception>
    public void RestoreNode()
    {
        NodeFile node = _node with { Machine = _machine };
        node.Write(_files, Path);
        _node = node;
    }

    public void Dispose() => _lock.Dispose();

    private static NodeFile MakeNode(IFileSystem files, string directory, string machine)
    {
        ulong nodeId = FindNodeId(files, directory) ?? DrawId();
        NodeFile node = new(nodeId, machine, []);
        node.Write(files, directory);
        FlushParent(files, directory);
        return node;
    }

    private static ulong DrawId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    // Without a readable node file the id is taken from the files that carry it. Files that carry none were never finished: a start that
    // was cut short leaves such behind, and they must not stop the next one. Only files with content whose header is gone do.
    private static ulong? FindNodeId(IFileSystem files, string directory)
    {
        string? unreadable = null;
        byte[] bytes = new byte[FileHeader.Size];
        foreach (string path in FilesWithHeader(files, directory))
        {
            using IFile file = files.Open(path, FileAccess.Read);
            int length = file.Read(bytes, 0);
            if (FileHeader.TryRead(bytes.AsSpan(0, length), out FileHeader header))
            {
                return header.NodeId;
            }

            unreadable ??= bytes.AsSpan(0, length).ContainsAnyExcept((byte)0) ? path : null;
        }

        return unreadable is null
            ? null
            : throw new UnknownFormatException(
                NodeFile.PathIn(directory), $"is missing or damaged, and {unreadable} does not tell the node id either.");
    }

    private static IEnumerable<string> FilesWithHeader(IFileSystem files, string directory) =>
    [
        .. files.List(System.IO.Path.Combine(directory, "log")),
        .. files.List(System.IO.Path.Combine(directory, "blocks")),
        .. files.List(System.IO.Path.Combine(directory, "ids")),
        .. files.List(directory).Where(path => System.IO.Path.GetFileName(path) == "manifest"),
    ];

    private static void FlushParent(IFileSystem files, string directory)
    {
        if (System.IO.Path.GetDirectoryName(directory) is { Length: > 0 } parent)
        {
            files.FlushDirectory(parent);
        }
    }
}

/// <summary>Another process owns the data directory.</summary>
public sealed class DirectoryInUseException : IOException
{
    public DirectoryInUseException()
    {
    }

    public DirectoryInUseException(string path)
        : base($"The data directory {path} is in use by another process. Stop that process, or set Storage:Directory to another directory.") => Path = path;

    public DirectoryInUseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The directory.</summary>
    public string Path { get; } = "";
}
