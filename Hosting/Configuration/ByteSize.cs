using System.Globalization;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Byte sizes as people write them: <c>1048576</c>, <c>64MiB</c>, <c>16MB</c>.</summary>
public static class ByteSize
{
    // Longer units first: "KiB" ends in "B" too.
    private static readonly (string Unit, long Bytes)[] _units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>The bytes that the text means, or null when it is no size.</summary>
    public static long? Parse(string text)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        long unitBytes = 1;
        foreach ((string unit, long bytes) in _units)
        {
            if (number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^unit.Length].TrimEnd();
                unitBytes = bytes;
                break;
            }
        }

        bool parsed = decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count);
        decimal maximum = (decimal)long.MaxValue / unitBytes;
        return parsed && count <= maximum && count * unitBytes % 1 == 0 ? (long)(count * unitBytes) : null;
    }

    /// <summary>The shortest exact way to write a size, in binary units.</summary>
    public static string Format(long bytes)
    {
        foreach ((string unit, long unitBytes) in _units)
        {
            if (bytes >= unitBytes && bytes % unitBytes == 0 && unit.Contains('i', StringComparison.Ordinal))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / unitBytes}{unit}");
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Converts sizes in bytes.</summary>
    public sealed class Converter() : OptionConverter<long>("a size in bytes like 1048576, 64MiB or 16MB", Parse, Format);
}
