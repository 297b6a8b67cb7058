using System.Text;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>CRC-32 (IEEE 802.3) bit by bit, as the long division that it is.</summary>
internal static class OracleHash
{
    /// <summary>The checksum of a text's UTF-8 bytes as a signed 32-bit integer; 0 for an empty text.</summary>
    public static int Of(string text)
    {
        uint remainder = 0xFFFFFFFF;
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool odd = ((remainder ^ (uint)(value >> bit)) & 1) == 1;
                remainder >>= 1;
                if (odd)
                {
                    remainder ^= 0xEDB88320;
                }
            }
        }

        return unchecked((int)(remainder ^ 0xFFFFFFFF));
    }
}
