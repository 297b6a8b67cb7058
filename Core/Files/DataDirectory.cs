using System.Security.Cryptography;
using System.Text;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Files;

/// <summary>
/// The directory that one process owns: its lock, its node id and where things lie in it. Dispose releases the lock.
/// The node id is 64 random bits, drawn once; every file of the directory carries it. Safe to share.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private const uint NodeVersion = 1;
    private const string NodeName = "node";
    private const string TemporarySuffix = ".new";

    // Longer than any machine id; a damaged length must not make a large buffer.
    private const int MaxMachineBytes = 1_024;

    private readonly IDisposable _lock;

    private DataDirectory(string path, IDisposable held, ulong nodeId, string machine, bool isFromElsewhere)
    {
        Path = path;
        _lock = held;
        NodeId = nodeId;
        Machine = machine;
        IsFromElsewhere = isFromElsewhere;
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Random 64 bits that tell this node's files from another's.</summary>
    public ulong NodeId { get; }

    /// <summary>The machine that made the directory, as its node file remembers; empty when the file was lost.</summary>
    public string Machine { get; }

    /// <summary>The directory was made on another machine: moved here, or copied while its original lives on.</summary>
    public bool IsFromElsewhere { get; }

    public string LogPath => System.IO.Path.Combine(Path, "log");

    public string BlocksPath => System.IO.Path.Combine(Path, "blocks");

    public string ManifestPath => System.IO.Path.Combine(Path, "manifest");

    public string IdsPath => System.IO.Path.Combine(Path, "ids");

    public string TokenPath => System.IO.Path.Combine(Path, "token");

    private static uint NodeMagic => FileHeader.MagicOf("TSND"u8);

    /// <summary>Opens a data directory, making it when there is none, and takes it for this process.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The directory.</param>
    /// <param name="machine">What names this machine (see <see cref="MachineName"/>).</param>
    /// <exception cref="DirectoryInUseException">Another process has the directory.</exception>
    /// <exception cref="UnknownFormatException">The node id can't be read and other files need it, or the node file is of another version.</exception>
    public static DataDirectory Open(IFileSystem files, string path, string machine)
    {
        string full = System.IO.Path.GetFullPath(path);
        files.CreateDirectory(full);
        IDisposable held = files.TryLock(full) ?? throw new DirectoryInUseException(full);
        try
        {
            (ulong nodeId, string remembered) = ReadNode(files, full) ?? MakeNode(files, full, machine);
            return new DataDirectory(full, held, nodeId, remembered, remembered.Length > 0 && remembered != machine);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static (ulong NodeId, string Machine)? ReadNode(IFileSystem files, string directory)
    {
        string path = System.IO.Path.Combine(directory, NodeName);
        if (!files.Exists(path))
        {
            return null;
        }

        using IFile file = files.Open(path, FileAccess.Read);
        byte[] bytes = new byte[FileHeader.Size + MaxMachineBytes + sizeof(uint)];
        int length = file.Read(bytes, 0);
        if (!FileHeader.TryRead(bytes.AsSpan(0, length), out FileHeader header))
        {
            return null;
        }

        header.Require(path, NodeMagic, NodeVersion, header.NodeId);
        ReadOnlySpan<byte> rest = bytes.AsSpan(FileHeader.Size, length - FileHeader.Size);
        int textBytes = header.Own <= MaxMachineBytes ? (int)header.Own : 0;
        bool whole = rest.Length >= textBytes + sizeof(uint) && BitConverter.ToUInt32(rest[textBytes..]) == Crc32C.Of(rest[..textBytes]);
        return (header.NodeId, whole ? Encoding.UTF8.GetString(rest[..textBytes]) : "");
    }

    private static (ulong NodeId, string Machine) MakeNode(IFileSystem files, string directory, string machine)
    {
        ulong nodeId = FindNodeId(files, directory) ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        byte[] text = Encoding.UTF8.GetBytes(machine);
        text = text.Length <= MaxMachineBytes ? text : text[..MaxMachineBytes];
        byte[] bytes = new byte[FileHeader.Size + text.Length + sizeof(uint)];
        new FileHeader(NodeMagic, NodeVersion, nodeId, (ulong)text.Length).Write(bytes);
        text.CopyTo(bytes, FileHeader.Size);
        BitConverter.TryWriteBytes(bytes.AsSpan(FileHeader.Size + text.Length), Crc32C.Of(text));

        string path = System.IO.Path.Combine(directory, NodeName);
        using (IFile file = files.Create(path + TemporarySuffix))
        {
            file.Write(bytes, 0);
            file.Flush();
        }

        files.Move(path + TemporarySuffix, path);
        files.FlushDirectory(directory);
        FlushParent(files, directory);
        return (nodeId, machine);
    }

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
                System.IO.Path.Combine(directory, NodeName), $"is missing or damaged, and {unreadable} does not tell the node id either.");
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
