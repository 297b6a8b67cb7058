using System.IO.Hashing;

namespace TimeSeries.Core.Building;

/// <summary>Who sends samples that name no agent themselves: name, id, kind and node. Keeps its memory when it is cleared. Not thread safe.</summary>
public sealed class AgentIdentity
{
    private byte[] _bytes = [];
    private int _nameEnd;
    private int _kindEnd;
    private int _nodeEnd;

    /// <summary>Whether an agent is named.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>The agent's id: the one given, or the CRC-32 of its name.</summary>
    public int Oid { get; private set; }

    /// <summary>The agent's name, UTF-8; empty without an agent.</summary>
    public ReadOnlySpan<byte> Oname => _bytes.AsSpan(0, _nameEnd);

    /// <summary>The agent's kind, UTF-8; empty when absent.</summary>
    public ReadOnlySpan<byte> Okind => _bytes.AsSpan(_nameEnd, _kindEnd - _nameEnd);

    /// <summary>The agent's node, UTF-8; empty when absent.</summary>
    public ReadOnlySpan<byte> Onode => _bytes.AsSpan(_kindEnd, _nodeEnd - _kindEnd);

    /// <summary>The id of an agent that gives none.</summary>
    public static int OidOf(ReadOnlySpan<byte> oname) => (int)Crc32.HashToUInt32(oname);

    /// <summary>Names the agent. Texts are valid UTF-8 and within their fields' limits; the caller checks that.</summary>
    public void Set(ReadOnlySpan<byte> oname, int? oid = null, ReadOnlySpan<byte> okind = default, ReadOnlySpan<byte> onode = default)
    {
        int length = oname.Length + okind.Length + onode.Length;
        if (length > _bytes.Length)
        {
            _bytes = new byte[Math.Max(256, length)];
        }

        oname.CopyTo(_bytes);
        okind.CopyTo(_bytes.AsSpan(oname.Length));
        onode.CopyTo(_bytes.AsSpan(oname.Length + okind.Length));
        (_nameEnd, _kindEnd, _nodeEnd) = (oname.Length, oname.Length + okind.Length, length);
        Oid = oid ?? OidOf(oname);
        IsGiven = true;
    }

    /// <summary>Names no agent.</summary>
    public void Clear()
    {
        (_nameEnd, _kindEnd, _nodeEnd) = (0, 0, 0);
        Oid = 0;
        IsGiven = false;
    }
}
