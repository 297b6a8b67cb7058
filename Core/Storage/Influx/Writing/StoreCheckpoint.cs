using System.Buffers.Binary;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// The mark of the log up to which InfluxDB has everything, in the file <c>influx</c> of the data directory:
/// header (with the position), then <c>unit that begins there i64 | next sequence number i64 | CRC-32C u32</c>, little endian.
/// </summary>
/// <param name="Through">The position of the mark.</param>
/// <param name="Unit">The unit that begins there.</param>
/// <param name="NextNumber">The sequence number behind everything before it.</param>
internal readonly record struct StoreCheckpoint(LogPosition Through, long Unit, long NextNumber)
{
    private const uint Version = 1;
    private const string Name = "influx";
    private const int Size = FileHeader.Size + 2 * sizeof(long) + sizeof(uint);

    /// <summary>Nothing is confirmed, or the checkpoint was lost.</summary>
    public static StoreCheckpoint None { get; } = new(LogPosition.Start, InfluxSchema.UnknownUnit, 0);

    private static uint Magic => FileHeader.MagicOf("TSIX"u8);

    /// <summary>
    /// Reads the checkpoint; <see cref="None"/> when there is none or it is damaged, which is reported: the log is then written again from its start, to the
    /// same points.
    /// </summary>
    /// <param name="node">Whose it is.</param>
    /// <param name="register">Where damage is reported.</param>
    /// <exception cref="UnknownFormatException">It is of another version or node.</exception>
    public static StoreCheckpoint Read(InfluxNode node, DamageRegister register)
    {
        string path = Path.Combine(node.Directory, Name);
        if (!node.Files.Exists(path))
        {
            return None;
        }

        using IFile file = node.Files.Open(path, FileAccess.Read);
        byte[] bytes = new byte[Size];
        int length = file.Read(bytes, 0);
        bool hasHeader = FileHeader.TryRead(bytes.AsSpan(0, length), out FileHeader header);
        if (hasHeader)
        {
            header.Require(path, Magic, Version, node.Id);
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(FileHeader.Size);
        bool whole = hasHeader && length == Size && BinaryPrimitives.ReadUInt32LittleEndian(body[16..]) == Crc32C.Of(body[..16]);
        if (!whole)
        {
            register.Report(new FoundDamage(
                StoredFile.Checkpoint, path, 0, "it can't be read", "Nothing is lost: what the WAL has is written to InfluxDB again, to the same points."));
        }

        return whole
            ? new StoreCheckpoint(
                new LogPosition((long)header.Own), BinaryPrimitives.ReadInt64LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body[8..]))
            : None;
    }

    /// <summary>Replaces the checkpoint in one step; it is on stable storage when this returns.</summary>
    /// <exception cref="IOException">It can't be written; the old one remains.</exception>
    public void Write(InfluxNode node)
    {
        byte[] bytes = new byte[Size];
        new FileHeader(Magic, Version, node.Id, (ulong)Through.Offset).Write(bytes);
        Span<byte> body = bytes.AsSpan(FileHeader.Size);
        BinaryPrimitives.WriteInt64LittleEndian(body, Unit);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], NextNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(body[16..], Crc32C.Of(body[..16]));
        node.Files.Replace(Path.Combine(node.Directory, Name), bytes);
    }
}
