namespace TimeSeries.Core.Hashing;

/// <summary>CRC-32 (IEEE 802.3, reflected 0xEDB88320): the hash that agents and the WhaTap API use for texts and default oids.</summary>
public static class Crc32
{
    private static readonly uint[] _table = MakeTable();

    /// <summary>The checksum as a signed 32-bit integer; 0 for an empty text.</summary>
    public static int Signed(ReadOnlySpan<byte> text)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in text)
        {
            crc = _table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return (int)~crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            table[i] = crc;
        }

        return table;
    }
}
