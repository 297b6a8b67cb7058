using System.Buffers;
using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Ingest.Backup;

/// <summary>The tar stream of a backup. Used by one task at a time.</summary>
/// <param name="to">Where it goes; not disposed.</param>
/// <param name="began">The time of the backup and of its files.</param>
internal sealed class BackupTar(Stream to, DateTimeOffset began) : IAsyncDisposable
{
    private readonly TarWriter _tar = new(to, TarEntryFormat.Pax, leaveOpen: true);

    /// <summary>What was added.</summary>
    public List<BackupFile> Files { get; } = [];

    /// <summary>Adds the beginning of a file.</summary>
    /// <exception cref="IOException">It can't be read so far.</exception>
    public async Task AddAsync(string name, IFile file, long bytes, CancellationToken cancellationToken)
    {
        using FilePartStream part = new(file, bytes);
        await WriteAsync(name, part, cancellationToken);
        Files.Add(new BackupFile(name, bytes, part.Checksum));
    }

    /// <summary>Adds a file that is in memory.</summary>
    public async Task AddAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using MemoryStream stream = new(content.ToArray());
        await WriteAsync(name, stream, cancellationToken);
        Files.Add(new BackupFile(name, content.Length, Crc32C.Of(content.Span)));
    }

    /// <summary>Adds the list of all: without it nothing is complete.</summary>
    public async Task EndAsync(string program, ulong nodeId, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteString("program", program);
            json.WriteString("node", nodeId.ToString("x16", CultureInfo.InvariantCulture));
            json.WriteString("began", began);
            json.WriteStartArray("files");
            foreach (BackupFile file in Files)
            {
                json.WriteStartObject();
                json.WriteString("name", file.Name);
                json.WriteNumber("bytes", file.Bytes);
                json.WriteString("crc32c", file.Checksum.ToString("x8", CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        using MemoryStream stream = new(bytes.WrittenSpan.ToArray());
        await WriteAsync(IncompleteBackup.ListName, stream, cancellationToken);
    }

    public ValueTask DisposeAsync() => _tar.DisposeAsync();

    private Task WriteAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        PaxTarEntry entry = new(TarEntryType.RegularFile, name)
        {
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            ModificationTime = began,
            DataStream = content,
        };
        return _tar.WriteEntryAsync(entry, cancellationToken);
    }
}

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its path in the directory, with slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Checksum">CRC-32C of its bytes.</param>
internal readonly record struct BackupFile(string Name, long Bytes, uint Checksum);
