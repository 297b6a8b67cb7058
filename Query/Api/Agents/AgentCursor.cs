using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Query.Api.Agents;

/// <summary>Where a list of agents goes on, as a text that callers hand back unread: the last agent seen.</summary>
/// <param name="oid">The agent's id.</param>
/// <param name="oname">The agent's name as UTF-8.</param>
internal sealed class AgentCursor(long oid, byte[] oname)
{
    private const byte Version = 1;
    private const int OverheadBytes = 1 + sizeof(long) + sizeof(uint);

    public long Oid => oid;

    public ReadOnlySpan<byte> Oname => oname;

    /// <summary>The cursor of a text; null for a text that is none.</summary>
    public static AgentCursor? Find(string text)
    {
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out int length) != OperationStatus.Done || length < OverheadBytes || bytes[0] != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(length - sizeof(uint))) != Crc32C.Of(bytes.AsSpan(0, length - sizeof(uint))))
        {
            return null;
        }

        AgentCursor cursor = new(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(1)), bytes[(1 + sizeof(long))..(length - sizeof(uint))]);

        // The last character has bits to spare, which decoders overlook.
        return cursor.ToString() == text ? cursor : null;
    }

    public override string ToString()
    {
        byte[] bytes = new byte[OverheadBytes + oname.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), oid);
        oname.CopyTo(bytes.AsSpan(1 + sizeof(long)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), Crc32C.Of(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        return Base64Url.EncodeToString(bytes);
    }
}
