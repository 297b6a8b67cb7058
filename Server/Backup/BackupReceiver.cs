using System.Buffers;
using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Server.Backup;

/// <summary>
/// Writes the stream of a backup into a new directory. Until all files are there, whole and durable, the directory has a mark with which no server starts on
/// it, whenever the process ends. Used once.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="target">The full path of the directory.</param>
internal sealed class BackupReceiver(IFileSystem files, string target)
{
    private const int BufferBytes = 1 << 20;

    // Of a directory with a hundred thousand blocks.
    private const long MaxListBytes = 64L << 20;

    private readonly Dictionary<string, (long Bytes, uint Checksum)> _received = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    public string Target => target;

    /// <summary>Whether the directory was made.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Refuses a directory that has something in it.</summary>
    /// <exception cref="StartRefusedException">It has.</exception>
    public void CheckIsNew()
    {
        if (files.List(target).Count > 0 || files.Folders(target).Count > 0)
        {
            throw new StartRefusedException($"{target} is not empty: a backup is written into a new directory.");
        }
    }

    /// <summary>Reads the stream to its end.</summary>
    /// <returns>How many files and bytes there are.</returns>
    /// <exception cref="InvalidDataException">The stream is not what a server sends, or a file has other bytes than the server read.</exception>
    /// <exception cref="IOException">The stream ends early, or the disk fails.</exception>
    public async Task<(int Files, long Bytes)> ReceiveAsync(Stream stream, CancellationToken cancellationToken)
    {
        files.CreateDirectory(target);
        IncompleteBackup.Set(files, target);
        HasBegun = true;
        _folders.Add(target);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            byte[] list = await ReceiveAllAsync(stream, buffer, cancellationToken);
            CheckAll(list);
            foreach (string folder in _folders)
            {
                files.FlushDirectory(folder);
            }

            files.Replace(Path.Combine(target, IncompleteBackup.ListName), list);
            IncompleteBackup.Remove(files, target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return (_received.Count, _received.Values.Sum(file => file.Bytes));
    }

    // Returns the list, which is the last entry.
    private async Task<byte[]> ReceiveAllAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        await using TarReader tar = new(stream, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is not TarEntryType.RegularFile || !IsName(entry.Name))
            {
                throw new InvalidDataException($"The stream has {entry.Name}, which belongs into no storage directory.");
            }

            if (entry.Name == IncompleteBackup.ListName)
            {
                byte[] list = entry.Length <= MaxListBytes ? new byte[entry.Length] : throw new InvalidDataException("Its list of files is too long.");
                await (entry.DataStream ?? Stream.Null).ReadExactlyAsync(list, cancellationToken);
                return list;
            }

            await ReceiveFileAsync(entry, buffer, cancellationToken);
        }

        throw new EndOfStreamException("The server ended it before it was complete; its log says why.");
    }

    private async Task ReceiveFileAsync(TarEntry entry, byte[] buffer, CancellationToken cancellationToken)
    {
        string path = Path.Combine(target, entry.Name.Replace('/', Path.DirectorySeparatorChar));
        MakeFolder(Path.GetDirectoryName(path)!);
        using IFile file = files.Create(path);
        long at = 0;
        uint checksum = 0;
        Stream content = entry.DataStream ?? Stream.Null;
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            file.Write(buffer.AsSpan(0, read), at);
            checksum = Crc32C.Of(buffer.AsSpan(0, read), checksum);
            at += read;
        }

        if (at != entry.Length)
        {
            throw new EndOfStreamException($"The server ended it within {entry.Name}; its log says why.");
        }

        file.Flush();
        if (!_received.TryAdd(entry.Name, (at, checksum)))
        {
            throw new InvalidDataException($"The stream has {entry.Name} twice.");
        }
    }

    private void MakeFolder(string folder)
    {
        if (_folders.Add(folder))
        {
            MakeFolder(Path.GetDirectoryName(folder)!);
            files.CreateDirectory(folder);
        }
    }

    private void CheckAll(byte[] list)
    {
        int listed = 0;
        try
        {
            using JsonDocument document = JsonDocument.Parse(list);
            foreach (JsonElement file in document.RootElement.GetProperty("files").EnumerateArray())
            {
                string name = file.GetProperty("name").GetString()!;
                (long, uint) expected = (file.GetProperty("bytes").GetInt64(), uint.Parse(
                    file.GetProperty("crc32c").GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                if (!_received.TryGetValue(name, out (long, uint) received) || received != expected)
                {
                    throw new InvalidDataException($"{name} did not arrive as the server read it.");
                }

                listed++;
            }
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"Its list of files can't be read: {fault.Message}", fault);
        }

        if (listed != _received.Count)
        {
            throw new InvalidDataException("It has files that its list does not name.");
        }
    }

    // Names come from a server, and must stay below the directory.
    private static bool IsName(string name) =>
        name.Split('/').All(part => part is not ("" or "." or "..") && !part.Any(letter => char.IsControl(letter) || letter is '\\' or ':'));
}
